// SPDX-License-Identifier: MIT
#include "cache/vary.h"

#include "cache/selecting_value.h"
#include "http/character_table.h"
#include "http/list.h"

#include <algorithm>

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

/// The gateway puts the address of the peer there, so that what the client sent is not what the backend chose by.
bool holdsClientAddress(std::string_view name) {
    const FieldId id = http::fieldIdFromName(name);
    return id == FieldId::XForwardedFor || id == FieldId::Forwarded;
}

/// Inserts `name` in its place; false when there is no more room.
bool insert(VaryNames& vary, std::string_view name) {
    auto* const end = vary.names.begin() + vary.count;
    auto* const place = std::lower_bound(vary.names.begin(), end, name, http::isBeforeIgnoringCase);
    if (place != end && http::equalsIgnoringCase(*place, name))
        return true;
    if (vary.count == VaryNames::maxNames)
        return false;
    std::move_backward(place, end, end + 1);
    *place = name;
    ++vary.count;
    return true;
}

FieldLines linesOf(const http::RequestHead& request, std::string_view name) {
    const bool hopByHop = request.connection.namesFields && http::isNamedByConnection(request.fields, name);
    return hopByHop ? FieldLines() : FieldLines(request.fields, name);
}

} // namespace

VaryNames readVary(const http::FieldList& response) {
    VaryNames vary;
    bool unmatchable = false;
    for (const Field& field : response) {
        if (field.id != FieldId::Vary)
            continue;
        http::ListReader list(field.value);
        std::string_view name;
        while (list.next(name)) {
            if (name == "*") {
                vary.kind = VaryKind::Star;
                return vary;
            }
            if (!http::isToken(name) || holdsClientAddress(name) || !insert(vary, name))
                unmatchable = true;
        }
    }
    if (unmatchable)
        vary.kind = VaryKind::Unmatchable;
    else if (vary.count > 0)
        vary.kind = VaryKind::Fields;
    return vary;
}

void appendSelecting(const VaryNames& names, const http::RequestHead& request, std::string& out) {
    if (names.kind != VaryKind::Fields)
        return;
    for (size_t i = 0; i < names.count; ++i) {
        for (const char c : names.names[i])
            out += http::lowered(c);
        const FieldLines lines = linesOf(request, names.names[i]);
        if (lines.present()) {
            out += ':';
            appendSelectingValue(lines, out);
        }
        out += '\n';
    }
}

bool matchesSelecting(std::string_view selecting, const http::RequestHead& request) {
    while (!selecting.empty()) {
        const size_t end = selecting.find('\n');
        const std::string_view line = selecting.substr(0, end);
        const size_t colon = line.find(':');
        const FieldLines lines = linesOf(request, line.substr(0, colon));
        const bool wasPresent = colon != std::string_view::npos;
        if (lines.present() != wasPresent)
            return false;
        if (wasPresent && !equalsSelectingValue(lines, line.substr(colon + 1)))
            return false;
        if (end == std::string_view::npos)
            break;
        selecting.remove_prefix(end + 1);
    }
    return true;
}

} // namespace reverxy::cache
