// SPDX-License-Identifier: MIT
#pragma once

#include "cache/cache_date.h"
#include "cache/entity_tag.h"
#include "http/field.h"

#include <optional>
#include <string_view>

namespace reverxy::cache {

/// What tells one version of a representation from another (RFC 9110 section 8.8), and when it was sent. Views the
/// fields it was read from.
struct Validators {
    std::string_view etag; ///< the ETag field as it came
    EntityTag tag;
    std::string_view lastModifiedText; ///< the Last-Modified field, where it is a date
    std::optional<DateSeconds> lastModified;
    std::optional<DateSeconds> date;

    bool any() const { return tag.present() || lastModified.has_value(); }

    /// RFC 9110 section 8.8.2.2: sent at least a second after the last modification, so that no second version
    /// can have the same date.
    bool hasStrongDate() const { return lastModified && date && *date >= *lastModified + 1; }
};

/// `Fields` is a list of http::Field, be it a message's or a stored response's.
template <typename Fields>
Validators readValidators(const Fields& fields, WallTime now) {
    Validators validators;
    for (const http::Field& field : fields) {
        switch (field.id) {
        case http::FieldId::ETag:
            validators.etag = field.value;
            validators.tag = parseEntityTag(field.value);
            break;
        case http::FieldId::LastModified:
            validators.lastModified = parseCacheDate(field.value, now);
            validators.lastModifiedText = validators.lastModified ? field.value : std::string_view();
            break;
        case http::FieldId::Date:
            validators.date = parseCacheDate(field.value, now);
            break;
        default:
            break;
        }
    }
    return validators;
}

} // namespace reverxy::cache
