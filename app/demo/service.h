// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/draw.h"
#include "http/method.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reverxy::demo {

/// A request as a service sees it.
struct Question {
    http::Method method = http::Method::Get;
    std::string path;
    std::string query; // without "?"
    std::string ifNoneMatch;
    std::string body; // its first bytes
    uint64_t bodySize = 0;
};

/// What a service does about it.
struct Answer {
    uint16_t status = 200;
    Milliseconds delay{0}; // before the head is sent
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    bool isEventStream = false; // after the body come Service::event()s until the client leaves
    bool hangsUp = false;       // nothing is sent, the connection just ends
};

/// What one backend of the demo is: answers in, values out, without sockets and clocks. Belongs to one thread.
class Service {
  public:
    virtual ~Service() = default;

    /// `elapsed` is the time since the demo began.
    virtual Answer answer(const Question& question, Milliseconds elapsed) = 0;

    /// An event stream's event with this number, from 1, as its bytes on the wire.
    virtual std::string event(uint64_t number) const = 0;
};

} // namespace reverxy::demo
