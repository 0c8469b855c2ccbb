// SPDX-License-Identifier: MIT
#include "balance/balancer.h"

#include "balance/least_connections.h"
#include "balance/round_robin.h"
#include "balance/weighted_round_robin.h"

namespace reverxy::balance {

std::unique_ptr<Balancer> makeBalancer(Algorithm algorithm, std::span<const uint32_t> weights) {
    switch (algorithm) {
    case Algorithm::WeightedRoundRobin:
        return std::make_unique<WeightedRoundRobin>(weights);
    case Algorithm::LeastConnections:
        return std::make_unique<LeastConnections>(weights);
    case Algorithm::RoundRobin:
        break;
    }
    return std::make_unique<RoundRobin>();
}

} // namespace reverxy::balance
