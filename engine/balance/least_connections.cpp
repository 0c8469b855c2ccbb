// SPDX-License-Identifier: MIT
#include "balance/least_connections.h"

#include <algorithm>

namespace reverxy::balance {

namespace {

/// Spreads a number's bits so that neighbouring tickets draw unrelated lots (two rounds of multiply and fold).
uint64_t mixed(uint64_t value) {
    value += 0x9e3779b97f4a7c15u; // 2^64 divided by the golden ratio: no pattern of tickets lines up with it
    value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93u;
    value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93u;
    return value ^ (value >> 32);
}

/// Requests in flight for a weight. Compared by cross-multiplication: exact, and no division.
struct Load {
    uint64_t requests; // with the one being placed; at most 2^32
    uint32_t weight;

    friend bool operator<(const Load& a, const Load& b) { return a.requests * b.weight < b.requests * a.weight; }
};

} // namespace

LeastConnections::LeastConnections(std::span<const uint32_t> weights) : m_weights(weights.begin(), weights.end()) {
    for (uint32_t& weight : m_weights)
        weight = std::max(weight, 1u);
}

void LeastConnections::setAvailable(std::span<const uint32_t> backends) {
    m_available.assign(backends.begin(), backends.end());
}

std::optional<size_t> LeastConnections::choose(uint64_t ticket, const LoadView& load) const {
    const size_t count = m_available.size();
    if (count == 0)
        return std::nullopt;
    const size_t turn = m_available[static_cast<size_t>(ticket % count)];

    std::optional<size_t> best;
    Load least{};
    uint32_t equals = 0;    // how many share the least load
    bool turnAmong = false; // whether the backend whose turn it is does
    uint64_t lot = ticket;
    for (const uint32_t backend : m_available) {
        if (!load.eligible(backend))
            continue;
        const Load candidate{uint64_t{load.inFlight(backend)} + 1, m_weights[backend]};
        if (best && least < candidate)
            continue;
        if (!best || candidate < least) {
            best = backend;
            least = candidate;
            equals = 1;
            turnAmong = backend == turn;
            continue;
        }
        // The nth of the equals takes the place with a chance of one in n, which leaves every one the same chance
        // in one pass.
        ++equals;
        turnAmong = turnAmong || backend == turn;
        lot = mixed(lot);
        if (lot % equals == 0)
            best = backend;
    }
    return turnAmong ? turn : best;
}

} // namespace reverxy::balance
