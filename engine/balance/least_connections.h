// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"

#include <vector>

namespace reverxy::balance {

/// The backend that would have the fewest requests in flight for its weight once it had this one too. Among equals
/// the ticket's own turn decides, as in round-robin, so that an idle pool is used evenly; when the backend whose
/// turn it is is not among them, one of them is drawn with the ticket, each as likely as the others.
class LeastConnections final : public Balancer {
  public:
    explicit LeastConnections(std::span<const uint32_t> weights);
    void setAvailable(std::span<const uint32_t> backends) override;
    std::optional<size_t> choose(uint64_t ticket, const LoadView& load) const override;

  private:
    std::vector<uint32_t> m_weights; // by index into the pool, none is 0
    std::vector<uint32_t> m_available;
};

} // namespace reverxy::balance
