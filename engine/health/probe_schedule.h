// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reverxy::health {

/// When which probe begins. Probes that begin together drift apart: the first ones are spread over a second, the
/// second ones over the whole interval, and each later gap is a little shorter than the interval by chance. None is
/// longer, so that what `fall` and `rise` promise is kept. A group (the pool) has only so many in flight; who must
/// wait for that goes first afterwards. Never two probes of one id at once.
///
/// Pure: time and randomness (0 to below 1) are arguments. Belongs to one thread.
class ProbeSchedule {
  public:
    using Id = uint32_t;

    /// How many probes of `group` may be in flight; at least 1.
    void setLimit(uint32_t group, uint32_t limit);
    void forgetGroup(uint32_t group);
    /// Adds `id`, whose group has a limit.
    void add(Id id, uint32_t group, Duration interval, TimePoint now, double random);
    /// The group is another one from the next probe on.
    void move(Id id, uint32_t group);
    /// A probe in flight is given up with it.
    void remove(Id id);

    /// The probes that begin now, put into `out` (emptied first); they are in flight from here on.
    void takeDue(TimePoint now, std::vector<Id>& out);
    /// The probe is over. takeDue() may have another one to begin now.
    void finished(Id id, TimePoint now, double random);
    /// The probe could not be made; it is due again after `delay`, and counts as not begun.
    void postpone(Id id, TimePoint now, Duration delay);

    /// When something is due that is not yet; TimePoint::max() when nothing is. What waits for its group is due
    /// already and comes with finished().
    TimePoint nextAfter(TimePoint now) const;

    uint32_t inFlight(uint32_t group) const;

  private:
    struct Entry {
        uint32_t group = 0;
        uint32_t countedIn = 0; // the group whose probe in flight it is
        Duration interval{};
        TimePoint due{}; // of the probe in flight, or the next one
        uint64_t begun = 0;
        bool inFlight = false;
    };

    struct Group {
        uint32_t limit = 1;
        uint32_t inFlight = 0;
    };

    void land(Entry& entry);

    std::unordered_map<Id, Entry> m_entries;
    std::unordered_map<uint32_t, Group> m_groups;
    std::set<std::pair<TimePoint, Id>> m_waiting;
};

} // namespace reverxy::health
