// SPDX-License-Identifier: MIT
#include "proxy/validation_request.h"

#include <string>

namespace reverxy::proxy {

using http::FieldId;

namespace {

/// What the client wanted for this one request alone.
bool isForOneRequest(FieldId id) {
    switch (id) {
    case FieldId::CacheControl:
    case FieldId::Pragma:
    case FieldId::Range:
    case FieldId::IfMatch:
    case FieldId::IfModifiedSince:
    case FieldId::IfNoneMatch:
    case FieldId::IfRange:
    case FieldId::IfUnmodifiedSince:
    case FieldId::Expect:
    case FieldId::MaxForwards:
        return true;
    default:
        return false;
    }
}

} // namespace

void composeValidationRequest(const http::RequestHead& from, const std::optional<cache::ContentRange>& part,
                              TextArena& arena, http::RequestHead& to) {
    http::FieldList fields;
    for (const http::Field& field : from.fields) {
        if (!isForOneRequest(field.id))
            fields.add(arena.join({field.name}), arena.join({field.value}), field.id);
    }
    if (part) {
        const std::string range = std::to_string(part->first) + "-" + std::to_string(part->last);
        fields.add("Range", arena.join({"bytes=", range}), FieldId::Range);
    }
    to = from;
    to.method = http::Method::Get;
    to.methodToken = "GET";
    to.framing = {};
    to.expectContinue = false;
    to.fields = std::move(fields);
    for (std::string_view* text : {&to.target, &to.authority, &to.pathAndQuery, &to.scheme})
        *text = arena.join({*text});
}

} // namespace reverxy::proxy
