// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace reverxy::http {

/// The field names the proxy knows, so that no decision compares strings; Other is every other name.
enum class FieldId : uint8_t {
    Other,
    Accept,
    AcceptEncoding,
    AcceptLanguage,
    Age,
    Authorization,
    CacheControl,
    CdnCacheControl,
    Connection,
    ContentEncoding,
    ContentLength,
    ContentLocation,
    ContentRange,
    ContentType,
    Cookie,
    Date,
    ETag,
    Expect,
    Expires,
    Forwarded,
    Host,
    Http2Settings,
    IfMatch,
    IfModifiedSince,
    IfNoneMatch,
    IfRange,
    IfUnmodifiedSince,
    KeepAlive,
    LastModified,
    Location,
    MaxForwards,
    Origin,
    Pragma,
    ProxyAuthenticate,
    ProxyAuthenticationInfo,
    ProxyAuthorization,
    ProxyConnection,
    ProxyStatus,
    CacheStatus,
    Range,
    RetryAfter,
    ReverxyCacheControl,
    Server,
    SetCookie,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Vary,
    Via,
    XForwardedFor,
    XForwardedHost,
    XForwardedProto,
    Count
};

/// Looks a name up without regard to case; no allocation. Other when unknown.
FieldId fieldIdFromName(std::string_view name);

/// One field line. The views belong to whoever holds the bytes: a receive buffer or a TextArena.
struct Field {
    std::string_view name;
    std::string_view value; // without leading and trailing white space
    FieldId id = FieldId::Other;
};

/// Field lines in the order received. Reused from message to message, so that it allocates only while it grows.
class FieldList {
  public:
    void clear() { m_fields.clear(); }

    void add(std::string_view name, std::string_view value, FieldId id) { m_fields.push_back({name, value, id}); }

    void add(std::string_view name, std::string_view value) { add(name, value, fieldIdFromName(name)); }

    size_t size() const { return m_fields.size(); }

    bool empty() const { return m_fields.empty(); }

    const Field& operator[](size_t i) const { return m_fields[i]; }

    auto begin() const { return m_fields.begin(); }

    auto end() const { return m_fields.end(); }

    /// The first field with this id, or null. Only for known ids.
    const Field* find(FieldId id) const {
        for (const Field& field : m_fields) {
            if (field.id == id)
                return &field;
        }
        return nullptr;
    }

  private:
    std::vector<Field> m_fields;
};

/// Whether a Connection field among `fields` names the field `name` (RFC 9110 section 7.6.1). The parser has
/// bounded how many names there may be.
bool isNamedByConnection(const FieldList& fields, std::string_view name);

} // namespace reverxy::http
