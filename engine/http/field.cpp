// SPDX-License-Identifier: MIT
#include "http/field.h"

#include "http/list.h"

#include <array>
#include <cstring>

namespace reverxy::http {

namespace {

constexpr size_t nameCount = static_cast<size_t>(FieldId::Count) - 1;

// In the order of FieldId, from the one after Other.
constexpr std::array<std::string_view, nameCount> knownNames = {"accept",
                                                                "accept-encoding",
                                                                "accept-language",
                                                                "age",
                                                                "authorization",
                                                                "cache-control",
                                                                "cdn-cache-control",
                                                                "connection",
                                                                "content-encoding",
                                                                "content-length",
                                                                "content-location",
                                                                "content-range",
                                                                "content-type",
                                                                "cookie",
                                                                "date",
                                                                "etag",
                                                                "expect",
                                                                "expires",
                                                                "forwarded",
                                                                "host",
                                                                "http2-settings",
                                                                "if-match",
                                                                "if-modified-since",
                                                                "if-none-match",
                                                                "if-range",
                                                                "if-unmodified-since",
                                                                "keep-alive",
                                                                "last-modified",
                                                                "location",
                                                                "max-forwards",
                                                                "origin",
                                                                "pragma",
                                                                "proxy-authenticate",
                                                                "proxy-authentication-info",
                                                                "proxy-authorization",
                                                                "proxy-connection",
                                                                "proxy-status",
                                                                "cache-status",
                                                                "range",
                                                                "retry-after",
                                                                "reverxy-cache-control",
                                                                "server",
                                                                "set-cookie",
                                                                "te",
                                                                "trailer",
                                                                "transfer-encoding",
                                                                "upgrade",
                                                                "user-agent",
                                                                "vary",
                                                                "via",
                                                                "x-forwarded-for",
                                                                "x-forwarded-host",
                                                                "x-forwarded-proto"};

constexpr size_t longestName = 32;
constexpr size_t slotCount = 128;

// The multipliers were searched for, so that no two known names share a slot; makeSlots() fails to compile if a new
// name breaks that, and a new search over small numbers is then due.
constexpr size_t slotOf(const char* name, size_t size) {
    const auto folded = [name](size_t i) {
        return static_cast<size_t>(static_cast<unsigned char>(name[i]) | 0x20);
    };
    return (size + folded(0) * 52 + folded(size - 1) * 24 + folded(size / 2) * 33) % slotCount;
}

// A known name and, for each of its bytes, the bits in which a byte must agree with it: all, or all but the case
// bit.
struct Slot {
    std::array<char, longestName> name{};
    std::array<char, longestName> significant{};
    uint8_t size = 0;
    FieldId id = FieldId::Other;
};

consteval std::array<Slot, slotCount> makeSlots() {
    std::array<Slot, slotCount> slots{};
    for (size_t i = 0; i < nameCount; ++i) {
        const std::string_view name = knownNames[i];
        Slot& slot = slots[slotOf(name.data(), name.size())];
        if (slot.size != 0 || name.size() > longestName)
            throw "two known names share a slot, or one is too long";
        slot.size = static_cast<uint8_t>(name.size());
        slot.id = static_cast<FieldId>(i + 1);
        for (size_t at = 0; at < name.size(); ++at) {
            const bool letter = name[at] >= 'a' && name[at] <= 'z';
            slot.name[at] = name[at];
            slot.significant[at] = letter ? static_cast<char>(~0x20) : static_cast<char>(~0);
        }
        for (size_t at = 0; at < name.size(); ++at)
            slot.name[at] = static_cast<char>(slot.name[at] & slot.significant[at]);
    }
    return slots;
}

constexpr std::array<Slot, slotCount> slots = makeSlots();

template <typename Word>
bool agrees(const Slot& slot, const char* name, size_t at) {
    Word given, known, significant;
    std::memcpy(&given, name + at, sizeof given);
    std::memcpy(&known, slot.name.data() + at, sizeof known);
    std::memcpy(&significant, slot.significant.data() + at, sizeof significant);
    return (given & significant) == known;
}

// By words, the last one overlapping its predecessor, so that nothing outside `name` is read.
bool isSlotsName(const Slot& slot, const char* name, size_t size) {
    if (size >= 8) {
        size_t at = 0;
        for (; at + 8 <= size; at += 8) {
            if (!agrees<uint64_t>(slot, name, at))
                return false;
        }
        return agrees<uint64_t>(slot, name, size - 8);
    }
    if (size >= 4)
        return agrees<uint32_t>(slot, name, 0) && agrees<uint32_t>(slot, name, size - 4);
    for (size_t at = 0; at < size; ++at) {
        if (!agrees<uint8_t>(slot, name, at))
            return false;
    }
    return true;
}

} // namespace

FieldId fieldIdFromName(std::string_view name) {
    if (name.empty())
        return FieldId::Other;
    const Slot& slot = slots[slotOf(name.data(), name.size())];
    if (slot.size != name.size() || !isSlotsName(slot, name.data(), name.size()))
        return FieldId::Other;
    return slot.id;
}

bool isNamedByConnection(const FieldList& fields, std::string_view name) {
    for (const Field& field : fields) {
        if (field.id == FieldId::Connection && listContains(field.value, name))
            return true;
    }
    return false;
}

} // namespace reverxy::http
