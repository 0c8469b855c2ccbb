// SPDX-License-Identifier: MIT
// Prints what the rate limiter adds to a request with few and with many known clients, alone and with others at
// work, and what a snapshot of many clients costs those who are being counted.
#include "limit/client_table.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

using namespace reverxy;
using namespace reverxy::limit;

namespace {

using Clock = std::chrono::steady_clock;

ClientKey client(uint32_t number) {
    const auto byte = [number](int shift) { return static_cast<uint8_t>(number >> shift); };
    return keyOfAddress(IpAddress::v4({10, byte(16), byte(8), byte(0)}), 64);
}

QuotaPolicy policy() {
    config::RateLimiter settings;
    settings.limit = 1'000'000'000;
    return QuotaPolicy(settings);
}

std::unique_ptr<ClientTable> tableOf(uint32_t clients) {
    auto table = std::make_unique<ClientTable>(HashSeed{1, 2}, TimePoint{});
    for (uint32_t number = 0; number < clients; ++number)
        table->admit(policy(), clients, client(number), TimePoint{});
    return table;
}

double nanoseconds(Clock::duration span) {
    return std::chrono::duration<double, std::nano>(span).count();
}

/// The least of several rounds: other work on the machine only ever makes one slower.
void measureAdmission(uint32_t clients, unsigned threads) {
    constexpr int rounds = 15;
    constexpr uint32_t calls = 100'000;
    const auto table = tableOf(clients);
    const QuotaPolicy quota = policy();
    double least = 1e9;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::thread> running;
        const auto start = Clock::now();
        for (unsigned thread = 0; thread < threads; ++thread) {
            running.emplace_back([&, thread] {
                uint32_t number = thread * 7919;
                for (uint32_t i = 0; i < calls; ++i) {
                    number = (number * 1664525u + 1013904223u);
                    table->admit(quota, clients, client((number >> 8) % clients), TimePoint{});
                }
            });
        }
        for (std::thread& thread : running)
            thread.join();
        least = std::min(least, nanoseconds(Clock::now() - start) / calls);
    }
    std::printf("%7u clients, %u thread%s  %7.1f ns a request\n", clients, threads,
                threads == 1 ? ": " : "s:", least);
}

void measureSnapshot(uint32_t clients, size_t most) {
    const auto table = tableOf(clients);
    const QuotaPolicy quota = policy();
    std::atomic<bool> over{false};
    double longest = 0;
    std::thread asking([&] {
        for (uint32_t number = 0; !over; ++number) {
            const auto start = Clock::now();
            table->admit(quota, clients, client(number % clients), TimePoint{});
            longest = std::max(longest, nanoseconds(Clock::now() - start));
        }
    });
    double least = 1e12;
    for (int round = 0; round < 20; ++round) {
        const auto start = Clock::now();
        if (table->snapshot(quota, most, TimePoint{}).size() != std::min<size_t>(most, clients))
            std::puts("the snapshot is not whole");
        least = std::min(least, nanoseconds(Clock::now() - start));
    }
    over = true;
    asking.join();
    std::printf("%7u clients, the first %zu:  %7.2f ms a snapshot, %.2f ms at most that a request waited\n",
                clients, most, least / 1e6, longest / 1e6);
}

} // namespace

int main() {
    for (const unsigned threads : {1u, 2u}) {
        for (const uint32_t clients : {1u, 100u, 100'000u, 1'000'000u})
            measureAdmission(clients, threads);
    }
    for (const size_t most : {100u, 1000u})
        measureSnapshot(100'000, most);
}
