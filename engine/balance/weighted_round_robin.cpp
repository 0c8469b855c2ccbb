// SPDX-License-Identifier: MIT
#include "balance/weighted_round_robin.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace reverxy::balance {

namespace {

/// Backends of one weight. They move as one: all gain the same with each seat, so that they are served in a ring,
/// and the one whose turn it is has the most credit and the most seats to come.
struct WeightClass {
    int64_t weight = 0;
    int64_t credit = 0; // of the member whose turn it is
    int64_t toCome = 0; // its seats not dealt yet
    size_t turn = 0;
    std::vector<uint32_t> members; // ascending

    uint32_t next() const { return members[turn]; }
};

/// The weights with which seats are dealt: divided by their greatest common divisor, and scaled down where their
/// sum would still make the sequence too long.
std::vector<uint64_t> dealtWeights(std::span<const uint32_t> available, std::span<const uint32_t> weights) {
    std::vector<uint64_t> dealt;
    for (const uint32_t backend : available)
        dealt.push_back(weights[backend]);
    const auto reduce = [&dealt] {
        uint64_t divisor = 0;
        for (const uint64_t weight : dealt)
            divisor = std::gcd(divisor, weight);
        for (uint64_t& weight : dealt)
            weight = divisor > 1 ? weight / divisor : weight;
        return std::reduce(dealt.begin(), dealt.end(), uint64_t{0});
    };
    const uint64_t sum = reduce();
    if (sum > WeightedRoundRobin::maxSeats) {
        for (uint64_t& weight : dealt)
            weight = std::max<uint64_t>(1, weight * WeightedRoundRobin::maxSeats / sum);
        reduce();
    }
    return dealt;
}

/// Deals the seats of one sequence by smooth weighted round-robin: with each seat every backend gains its weight in
/// credit, the one with the most credit (the first of several) takes the seat and pays the sum of all weights.
/// Backends of one weight are handled as one class, so that the cost is seats times different weights, not seats
/// times backends.
///
/// Left alone that deals to the same backend twice in a row more often than need be, at the sequence's ends above
/// all: both belong to the heaviest. So where nobody has more than half of the weights, whoever had the last seat
/// is passed over, and one whose seats to come would no longer fit apart goes first. "Fit" counts the seats left
/// after this one: with another's before them, half of them, rounded up; rounded down for the owner of the first
/// seat, who may not have the last.
class Dealer {
  public:
    explicit Dealer(const std::map<uint64_t, std::vector<uint32_t>>& byWeight) {
        for (const auto& [weight, members] : byWeight) {
            const auto signedWeight = static_cast<int64_t>(weight);
            m_classes.push_back({signedWeight, 0, signedWeight, 0, members});
            m_sum += signedWeight * static_cast<int64_t>(members.size());
        }
        m_apart = 2 * m_classes.back().weight <= m_sum;
    }

    std::vector<uint32_t> deal() {
        m_seats.reserve(static_cast<size_t>(m_sum));
        for (int64_t left = m_sum - 1; left >= 0; --left) {
            for (WeightClass& candidate : m_classes)
                candidate.credit += candidate.weight;
            take(choose(left));
        }
        return std::move(m_seats);
    }

  private:
    WeightClass& choose(int64_t left) {
        WeightClass* best = nullptr;
        for (WeightClass& candidate : m_classes) {
            if (m_apart && mustComeNow(candidate, left))
                return candidate;
            if (m_apart && !m_seats.empty() && candidate.next() == m_seats.back())
                continue;
            if (!best || candidate.credit > best->credit ||
                (candidate.credit == best->credit && candidate.next() < best->next()))
                best = &candidate;
        }
        return *best;
    }

    bool mustComeNow(const WeightClass& candidate, int64_t left) const {
        if (m_seats.empty())
            return false;
        const bool ownsFirst = candidate.next() == m_seats.front();
        return candidate.toCome > (ownsFirst ? left / 2 : (left + 1) / 2);
    }

    void take(WeightClass& chosen) {
        m_seats.push_back(chosen.next());
        if (++chosen.turn < chosen.members.size())
            return;
        chosen.turn = 0;
        chosen.credit -= m_sum; // every member has paid once: the first has the turn again, with its own payment
        --chosen.toCome;
    }

    std::vector<WeightClass> m_classes; // by weight, ascending
    int64_t m_sum = 0;
    bool m_apart = false; // nobody needs to have two seats in a row
    std::vector<uint32_t> m_seats;
};

std::vector<uint32_t> dealSeats(std::span<const uint32_t> available, const std::vector<uint64_t>& dealt) {
    std::map<uint64_t, std::vector<uint32_t>> byWeight;
    for (size_t i = 0; i < available.size(); ++i)
        byWeight[dealt[i]].push_back(available[i]);
    return Dealer(byWeight).deal();
}

} // namespace

WeightedRoundRobin::WeightedRoundRobin(std::span<const uint32_t> weights)
    : m_weights(weights.begin(), weights.end()) {
    for (uint32_t& weight : m_weights)
        weight = std::max(weight, 1u);
}

void WeightedRoundRobin::setAvailable(std::span<const uint32_t> backends) {
    m_available.assign(backends.begin(), backends.end());
    m_seats.clear();
    m_positions.clear();
    m_firsts.assign(m_available.size() + 1, 0);
    if (m_available.empty())
        return;
    m_seats = dealSeats(m_available, dealtWeights(m_available, m_weights));

    std::vector<uint32_t> slots(m_weights.size()); // index into the pool to index into m_available
    for (uint32_t i = 0; i < m_available.size(); ++i)
        slots[m_available[i]] = i;
    for (const uint32_t backend : m_seats)
        ++m_firsts[slots[backend] + 1];
    std::partial_sum(m_firsts.begin(), m_firsts.end(), m_firsts.begin());
    std::vector<uint32_t> next = m_firsts;
    m_positions.resize(m_seats.size());
    for (uint32_t seat = 0; seat < m_seats.size(); ++seat)
        m_positions[next[slots[m_seats[seat]]]++] = seat;
}

std::optional<size_t> WeightedRoundRobin::choose(uint64_t ticket, const LoadView& load) const {
    const size_t count = m_seats.size();
    if (count == 0)
        return std::nullopt;
    // A few seats on there is nearly always one that may be taken. When there is not, most backends are full, and
    // walking on would ask about the same ones again and again.
    constexpr size_t walked = 8;
    size_t seat = static_cast<size_t>(ticket % count);
    for (size_t tried = 0; tried < std::min(walked, count); ++tried) {
        if (load.eligible(m_seats[seat]))
            return m_seats[seat];
        seat = seat + 1 == count ? 0 : seat + 1;
    }
    return nearestEligible(seat, load);
}

/// The eligible backend with the first seat from `seat` on: asks about each backend once.
std::optional<size_t> WeightedRoundRobin::nearestEligible(size_t seat, const LoadView& load) const {
    std::optional<size_t> best;
    size_t least = m_seats.size();
    for (size_t i = 0; i < m_available.size(); ++i) {
        if (!load.eligible(m_available[i]))
            continue;
        const auto first = m_positions.begin() + m_firsts[i];
        const auto last = m_positions.begin() + m_firsts[i + 1];
        const auto found = std::lower_bound(first, last, seat);
        const size_t distance = found != last ? *found - seat : *first + m_seats.size() - seat;
        if (distance < least) {
            least = distance;
            best = m_available[i];
        }
    }
    return best;
}

} // namespace reverxy::balance
