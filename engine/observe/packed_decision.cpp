// SPDX-License-Identifier: MIT
#include "observe/packed_decision.h"

#include <cstring>
#include <type_traits>

namespace reverxy::observe {

namespace {

static_assert(std::is_trivially_copyable_v<DecisionFacts> && std::is_trivially_copyable_v<IpAddress> &&
              std::is_trivially_copyable_v<Attempt>);

/// Before the bytes of a text that are kept.
struct TextSize {
    uint32_t total;
    uint16_t kept;
};

template <typename Value>
char* put(char* out, const Value* values, size_t count) {
    std::memcpy(out, values, count * sizeof(Value));
    return out + count * sizeof(Value);
}

template <uint16_t N>
char* put(char* out, const FixedText<N>& text) {
    const std::string_view kept = text.view();
    const TextSize size{text.totalSize(), static_cast<uint16_t>(kept.size())};
    return put(put(out, &size, 1), kept.data(), kept.size());
}

template <typename Value>
const char* take(const char* from, Value* values, size_t count) {
    std::memcpy(values, from, count * sizeof(Value));
    return from + count * sizeof(Value);
}

template <uint16_t N>
const char* take(const char* from, FixedText<N>& text) {
    TextSize size;
    from = take(from, &size, 1);
    text.assignPart({from, size.kept}, size.total);
    return from + size.kept;
}

size_t sizeOfRest(size_t walk, size_t candidates, size_t attempts) {
    return sizeof(DecisionFacts) + walk * sizeof(IpAddress) + candidates * sizeof(NameId) +
           attempts * sizeof(Attempt);
}

} // namespace

size_t packedSizeOf(const Decision& decision) {
    size_t size = sizeOfRest(decision.walkKept(), decision.candidatesKept(), decision.attemptsKept());
    Decision::forEachText(decision, [&](const auto& text) { size += sizeof(TextSize) + text.view().size(); });
    return size;
}

size_t maxPackedSize() {
    size_t size = sizeOfRest(Decision::maxHops, Decision::maxCandidates, Decision::maxAttempts);
    const Decision decision{};
    Decision::forEachText(decision, [&](const auto& text) { size += sizeof(TextSize) + text.capacity; });
    return size;
}

// The facts go through a value of their own: where they are a base, what is derived may begin within their last
// bytes.

char* packDecision(const Decision& decision, char* out) {
    const DecisionFacts facts = decision;
    out = put(out, &facts, 1);
    out = put(out, decision.clientWalk.data(), decision.walkKept());
    out = put(out, decision.candidates.data(), decision.candidatesKept());
    out = put(out, decision.attempts.data(), decision.attemptsKept());
    Decision::forEachText(decision, [&](const auto& text) { out = put(out, text); });
    return out;
}

Decision unpackDecision(const char* packed) {
    Decision decision;
    DecisionFacts facts;
    packed = take(packed, &facts, 1);
    static_cast<DecisionFacts&>(decision) = facts;
    packed = take(packed, decision.clientWalk.data(), decision.walkKept());
    packed = take(packed, decision.candidates.data(), decision.candidatesKept());
    packed = take(packed, decision.attempts.data(), decision.attemptsKept());
    Decision::forEachText(decision, [&](auto& text) { packed = take(packed, text); });
    return decision;
}

} // namespace reverxy::observe
