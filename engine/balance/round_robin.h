// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"

#include <vector>

namespace reverxy::balance {

/// Each available backend in turn, without regard to weights: of any n tickets in a row, each of n backends gets
/// one.
class RoundRobin final : public Balancer {
  public:
    void setAvailable(std::span<const uint32_t> backends) override;
    std::optional<size_t> choose(uint64_t ticket, const LoadView& load) const override;

  private:
    std::vector<uint32_t> m_available;
};

} // namespace reverxy::balance
