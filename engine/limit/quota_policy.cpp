// SPDX-License-Identifier: MIT
#include "limit/quota_policy.h"

namespace reverxy::limit {

namespace {

using Algorithm = std::variant<FixedWindow, SlidingWindow, TokenBucket>;

Algorithm algorithmOf(const config::RateLimiter& settings) {
    const auto window = static_cast<Ticks>(settings.window.count());
    switch (settings.algorithm) {
    case config::LimitAlgorithm::SlidingWindow:
        return SlidingWindow(settings.limit, window);
    case config::LimitAlgorithm::TokenBucket:
        return TokenBucket(settings.limit, window, settings.burst > 0 ? settings.burst : settings.limit);
    case config::LimitAlgorithm::FixedWindow:
        break;
    }
    return FixedWindow(settings.limit, window);
}

} // namespace

QuotaPolicy::QuotaPolicy(const config::RateLimiter& settings)
    : m_algorithm(algorithmOf(settings)), m_limit(settings.limit),
      m_burst(settings.algorithm == config::LimitAlgorithm::TokenBucket ? settings.burst : 0) {}

Standing QuotaPolicy::take(Count& count, Ticks now) const {
    return std::visit([&](const auto& algorithm) { return algorithm.take(count, now); }, m_algorithm);
}

Standing QuotaPolicy::look(const Count& count, Ticks now) const {
    return std::visit([&](const auto& algorithm) { return algorithm.look(count, now); }, m_algorithm);
}

bool QuotaPolicy::countsLike(const QuotaPolicy& other) const {
    const auto windowOf = [](const QuotaPolicy& policy) {
        return std::visit([](const auto& algorithm) { return algorithm.window(); }, policy.m_algorithm);
    };
    return m_algorithm.index() == other.m_algorithm.index() && windowOf(*this) == windowOf(other);
}

std::string QuotaPolicy::policyItem(std::string_view name) const {
    std::string item = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\')
            item += '\\';
        item += c;
    }
    item += "\";q=" + std::to_string(m_limit);
    const Ticks window = std::visit([](const auto& algorithm) { return algorithm.window(); }, m_algorithm);
    if (window % 1000 == 0)
        item += ";w=" + std::to_string(window / 1000);
    if (m_burst > 0)
        item += ";reverxy-burst=" + std::to_string(m_burst);
    return item;
}

uint64_t secondsUntil(Ticks milliseconds) {
    return milliseconds <= 1000 ? 1 : (milliseconds + 999) / 1000;
}

} // namespace reverxy::limit
