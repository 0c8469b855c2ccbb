// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/draw.h"

#include <array>
#include <string>

namespace reverxy::demo {

/// A request that one of the demo's clients makes.
struct PlannedRequest {
    Milliseconds at{0};       // since the traffic began
    std::string client;       // its address, told in X-Forwarded-For
    std::string host;         // without a port
    std::string method;       // as on the wire
    std::string target;       // path and query
    uint32_t bodySize = 0;    // of requests with a body; 0 = none
    bool revalidates = false; // sends the entity tag that it knows, if it knows one
    Milliseconds patience{0}; // the client leaves after that, whatever has come; 0 = when all has come
    bool operator==(const PlannedRequest&) const = default;
};

/// Which requests the demo's clients make, and when: about twenty a second, swelling and ebbing; two event streams
/// that last and are then changed; now and then a burst of one client. Endless, and the same for the same seed.
/// Pure; belongs to one thread.
class TrafficSchedule {
  public:
    explicit TrafficSchedule(uint32_t seed);

    /// The next request; never earlier than the one before.
    PlannedRequest next();

    static constexpr uint32_t burstSize = 70;

  private:
    PlannedRequest usual();
    PlannedRequest stream(Milliseconds& due);
    PlannedRequest burst();
    Milliseconds pause();
    std::string product();

    Draw m_draw;
    Milliseconds m_usualAt{0};
    std::array<Milliseconds, 2> m_streamAt;
    Milliseconds m_burstAt;
    uint32_t m_burstLeft = burstSize;
};

} // namespace reverxy::demo
