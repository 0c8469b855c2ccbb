// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour/cache_story.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace reverxy::test {

/// Clients that have asked for the same.
struct Crowd {
    Crowd(const RunningEngine& proxy, size_t size, std::string_view fields = "") {
        for (size_t i = 0; i < size; ++i)
            add(proxy, fields);
    }

    void add(const RunningEngine& proxy, std::string_view fields = "", int receiveBuffer = 0) {
        clients.push_back(std::make_unique<Client>(proxy.port(), Family::V4, receiveBuffer));
        clients.back()->send(request("GET", "/same", fields));
    }

    std::vector<std::unique_ptr<Client>> clients;
};

inline bool waitForExchanges(const RunningEngine& proxy, uint32_t count) {
    return waitUntil([&] { return proxy.runningExchanges() == count; });
}

/// All but one of `count` wait for what that one fetches.
inline bool waitForFollowers(const RunningEngine& proxy, size_t count) {
    observe::ReportRequest request;
    request.running = static_cast<uint32_t>(count);
    return waitUntil([&] {
        const observe::Report report = proxy.collect(request);
        return std::count_if(report.running.begin(), report.running.end(), [](const observe::Decision& decision) {
                   return decision.phase == observe::Phase::AwaitingFill;
               }) == static_cast<std::ptrdiff_t>(count) - 1;
    });
}

} // namespace reverxy::test
