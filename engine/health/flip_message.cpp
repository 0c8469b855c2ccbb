// SPDX-License-Identifier: MIT
#include "health/flip_message.h"

namespace reverxy::health {

namespace {

std::string nameOf(std::string_view pool, std::string_view backend) {
    return "backend " + std::string(backend) + " of pool " + std::string(pool);
}

} // namespace

std::string consequenceOf(const PoolStanding& pool) {
    if (pool.available > 0) {
        return std::to_string(pool.available) + " of " + std::to_string(pool.total) +
               (pool.total == 1 ? " backend" : " backends") + (pool.available == 1 ? " is" : " are") + " available";
    }
    if (pool.enabled == 0)
        return "no backend of the pool is enabled, requests are answered with 503";
    if (pool.whenAllDown == config::WhenAllDown::Refuse)
        return "every backend of the pool is out, requests are answered with 503 (when_all_down: refuse)";
    return "every backend of the pool is out, requests are tried on all of them (when_all_down: try-all)";
}

std::string flipMessage(std::string_view pool, std::string_view backend, Flip flip, std::string_view reason,
                        bool backendEnabled, const PoolStanding& standing) {
    std::string message = nameOf(pool, backend) + (flip == Flip::ToDown ? " is down: " : " is up again: ") +
                          std::string(reason) + "; ";
    if (!backendEnabled)
        return message + "it is disabled, so nothing changes for requests";
    return message + consequenceOf(standing);
}

std::string switchMessage(std::string_view pool, std::string_view backend, bool enabled, bool down,
                          const PoolStanding& standing) {
    std::string message = nameOf(pool, backend) + (enabled ? " was enabled" : " was disabled");
    if (enabled && down)
        message += ", but is down";
    return message + "; " + consequenceOf(standing);
}

} // namespace reverxy::health
