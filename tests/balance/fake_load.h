// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"

#include <numeric>
#include <vector>

namespace reverxy::balance {

/// A pool's view of its backends, as a test wants it.
class FakeLoad : public LoadView {
  public:
    explicit FakeLoad(size_t backends) : mayGo(backends, true), requests(backends, 0) {}

    bool eligible(size_t backend) const override {
        ++asked;
        return mayGo[backend];
    }

    uint32_t inFlight(size_t backend) const override { return requests[backend]; }

    std::vector<bool> mayGo;
    std::vector<uint32_t> requests;
    mutable size_t asked = 0;
};

inline std::vector<uint32_t> allOf(size_t backends) {
    std::vector<uint32_t> all(backends);
    std::iota(all.begin(), all.end(), 0u);
    return all;
}

/// How often each backend is chosen by tickets `first` to `first + count - 1`.
inline std::vector<size_t> shares(const Balancer& balancer, const LoadView& load, size_t backends, uint64_t first,
                                  uint64_t count) {
    std::vector<size_t> result(backends, 0);
    for (uint64_t ticket = first; ticket < first + count; ++ticket) {
        if (const std::optional<size_t> backend = balancer.choose(ticket, load))
            ++result[*backend];
    }
    return result;
}

} // namespace reverxy::balance
