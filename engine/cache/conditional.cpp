// SPDX-License-Identifier: MIT
#include "cache/conditional.h"

#include "http/list.h"

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

/// RFC 9110 section 13.1.2: `*` alone matches whatever there is.
bool matchesAny(const http::FieldList& request, const EntityTag& stored) {
    size_t lines = 0;
    bool star = false;
    bool match = false;
    for (const Field& field : request) {
        if (field.id != FieldId::IfNoneMatch)
            continue;
        ++lines;
        star = star || field.value == "*";
        EntityTagReader tags(field.value);
        EntityTag tag;
        while (tags.next(tag))
            match = match || equalWeakly(tag, stored);
    }
    return match || (star && lines == 1);
}

} // namespace

bool hasCondition(const http::FieldList& request) {
    for (const Field& field : request) {
        if (field.id == FieldId::IfNoneMatch || field.id == FieldId::IfModifiedSince)
            return true;
    }
    return false;
}

bool isNotModified(const http::FieldList& request, uint16_t status, const Validators& stored, WallTime receivedAt,
                   WallTime now) {
    if (status != 200 && status != 206)
        return false;
    if (request.find(FieldId::IfNoneMatch))
        return matchesAny(request, stored.tag);
    const auto since = readDateField(request, FieldId::IfModifiedSince, now).value;
    if (!since)
        return false;
    // Section 4.3.2: without a Last-Modified the time of the response itself is compared.
    const DateSeconds modified = stored.lastModified ? *stored.lastModified
                                 : stored.date       ? *stored.date
                                                     : secondsOf(receivedAt);
    return modified <= *since;
}

bool belongsInNotModified(const Field& field, bool hasEntityTag) {
    switch (field.id) {
    case FieldId::ContentEncoding:
    case FieldId::ContentLength:
    case FieldId::ContentRange:
    case FieldId::ContentType:
        return false;
    case FieldId::LastModified:
        return !hasEntityTag;
    case FieldId::Other:
        return !http::equalsIgnoringCase(field.name, "Content-Language");
    default:
        return true;
    }
}

} // namespace reverxy::cache
