// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy {

/// Who has to act on a failure.
enum class Fault : uint8_t { None, Client, Upstream, Proxy, Config };

/// Everything that can end an exchange other than well. One table (failure.cpp) gives each its status, its error
/// type of RFC 9209 section 2.3, whose fault it is and a sentence for people.
enum class Failure : uint8_t {
    None,
    // found in the client's message
    BadRequest,          // malformed, RFC 9112's must-reject list; the parser's reason goes into `details`
    UriTooLong,          // request line past max_header_size
    HeadersTooLarge,     // fields past max_header_size or max_header_count
    BodyTooLarge,        // body past max_body_size
    VersionNotSupported, // a major version other than 1
    NotImplemented,      // CONNECT, an unknown transfer coding
    RequestTimeout,      // header_timeout, or body slower than min_rate
    ClientGone,          // closed or reset before the response was complete
    ClientTooSlow,       // reads the response slower than min_rate
    ProxyLoop,           // this proxy met itself in Via
    // decided by the proxy
    RateLimited,        // the client has used up its quota
    TooManyConnections, // the client holds max_connections_per_client
    NotStored,          // the client wants only a stored response, and there is none (only-if-cached)
    NoRoute,            // no route matches host and path
    NoBackend,          // the pool has no backend
    AllBackendsDown,    // every backend out, when_all_down: refuse
    QueueFull,          // every backend at max_connections and the queue at its size
    QueueTimeout,       // waited queue.timeout for a slot
    Draining,           // cut when drain_timeout was over
    OutOfSockets,       // no descriptor or memory for a connection to a backend
    Internal,           // a fault of the proxy itself
    // met towards the backend
    DnsError, // name does not resolve
    ConnectRefused,
    ConnectTimeout,
    ConnectUnreachable, // no route, network down and the like
    ConnectionClosed,   // closed or reset before a complete response head
    ResponseTimeout,    // silent for response_timeout
    ResponseMalformed,  // bytes that are no HTTP/1 response
    ResponseHeadTooLarge,
    ResponseIncomplete,    // closed or reset within the body
    ResponseBodyMalformed, // bad chunk framing within the body
    UnexpectedUpgrade,     // 101 without a request for it
};

inline constexpr size_t failureKinds = static_cast<size_t>(Failure::UnexpectedUpgrade) + 1;

struct FailureInfo {
    /// Name used in logs and metrics, as `connect-refused`.
    std::string_view name;
    /// What the client gets if nothing was sent yet; 0 where no answer is possible.
    uint16_t status;
    Fault fault;
    /// Error type for the Proxy-Status field (RFC 9209 section 2.3); empty when none applies.
    std::string_view proxyStatusError;
    /// What happened, for people; ends with a full stop. Printable ASCII without double quotes and backslashes.
    std::string_view sentence;
    /// The remedy, likewise; may be empty.
    std::string_view remedy;
};

/// The table's row for `failure`. Thread-safe, never fails.
const FailureInfo& infoOf(Failure failure);

} // namespace reverxy
