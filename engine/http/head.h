// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"
#include "http/framing.h"
#include "http/method.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// HTTP/1.0 or HTTP/1.1; a higher minor version is read as 1.1 (RFC 9110 section 2.5).
enum class Version : uint8_t { Http10, Http11 };

/// RFC 9112 section 3.2.
enum class TargetForm : uint8_t { Origin, Absolute, Authority, Asterisk };

/// How many fields a message's Connection may name. Each of them is looked for among the message's fields when it
/// is forwarded; without a bound, a head full of names would cost a hundred times what another head of its size
/// does.
constexpr size_t maxConnectionOptions = 32;

/// What the Connection field says, read once by the parser (RFC 9110 section 7.6.1, RFC 9112 section 9.3).
struct ConnectionOptions {
    bool close = false;
    bool keepAlive = false;
    bool upgrade = false;
    /// Names a field other than close, keep-alive and upgrade, so that fields must be looked up in it when
    /// forwarding.
    bool namesFields = false;
};

/// A request's head as parsed. All views point into the buffer handed to the parser.
struct RequestHead {
    Method method = Method::Other;
    std::string_view methodToken;
    std::string_view target; // as received
    TargetForm form = TargetForm::Origin;
    Version version = Version::Http11;
    FieldList fields;

    /// Host and port the request is for: of the absolute-form target, else of Host; empty only in HTTP/1.0.
    std::string_view authority;
    /// Origin-form path and query to forward: "/" for an absolute form without a path, "*" for the asterisk form.
    /// Of an absolute form with a query but no path it is the query alone, "?" first: "/" belongs before it.
    std::string_view pathAndQuery;
    /// The scheme of an absolute-form target, else empty.
    std::string_view scheme;

    Framing framing;
    ConnectionOptions connection;
    /// The client may send another request on this connection (RFC 9112 section 9.3).
    bool keepAlive = false;
    /// Expect: 100-continue in HTTP/1.1 (RFC 9110 section 10.1.1).
    bool expectContinue = false;
    /// Upgrade is present and named by Connection, in HTTP/1.1.
    bool upgrade = false;
    /// At least one Via field.
    bool hasVia = false;

    void clear();
};

/// A response's head as parsed. All views point into the buffer handed to the parser.
struct ResponseHead {
    Version version = Version::Http11;
    uint16_t status = 0;
    std::string_view reason;
    FieldList fields;
    Framing framing;
    ConnectionOptions connection;
    /// The backend's connection can carry another request once the body is over.
    bool keepAlive = false;
    bool hasUpgrade = false;

    bool isInterim() const { return status >= 100 && status < 200 && status != 101; }

    void clear();
};

} // namespace reverxy::http
