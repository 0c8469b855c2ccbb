// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"
#include "base/ip_address.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

// The few system calls on sockets that the engine makes, with values for results. The only file that another
// system's socket interface would have to replace.

namespace reverxy::net {

/// What a receive or send came to.
struct IoResult {
    enum class Kind : unsigned char {
        Bytes,      // `count` > 0 of them
        WouldBlock, // wait for readiness
        End,        // receive only: the peer has closed its side
        Error,      // the connection is broken; `error` has the system's number
    };
    Kind kind = Kind::Error;
    size_t count = 0;
    int error = 0;
};

IoResult receive(int socket, char* into, size_t space);

/// Yes: shutdownSending() follows as soon as all is sent. The system may then hold back up to a segment and send it
/// together with the end. (Closing in its place would lose that where something is unread.)
enum class EndFollows : bool { No, Yes };
/// Gathers `parts` into one send. Never raises a signal.
IoResult sendParts(int socket, std::span<const std::string_view> parts, EndFollows end = EndFollows::No);

/// A connecting, non-blocking socket with TCP_NODELAY, close-on-exec and keep-alive, by which the system finds out,
/// in hours, that the peer of a silent connection is gone (a tunnel has no timeout of its own). `socket` is -1 on
/// failure; `connected` when the connection stands already.
struct ConnectAttempt {
    int socket = -1;
    bool connected = false;
    int error = 0;
};

ConnectAttempt beginConnect(const Endpoint& to);
/// After the socket became writable: 0, or the error the connection attempt ended with.
int connectError(int socket);
/// Which Failure a connection error is. OutOfSockets is a lack of this machine's own: descriptors, memory.
/// (EADDRNOTAVAIL is not among them: it is also what ::1 answers where there is no IPv6.)
Failure failureOfConnectError(int error);

/// A client's connection as it comes out of a listen queue.
struct AcceptedSocket {
    int descriptor = -1;
    Endpoint peer;
};

/// What was taken out of a listen queue: a non-blocking socket with close-on-exec, or none. Without socket and
/// error the connection was gone before it could be taken, unless `nothingWaits`.
struct AcceptResult {
    AcceptedSocket socket{};
    bool nothingWaits = false;
    int error = 0;

    bool accepted() const { return socket.descriptor >= 0; }
};

AcceptResult acceptFrom(int listening);
/// Sets on a listening socket what those accepted from it inherit, so that no call is due for each of them:
/// TCP_NODELAY, keep-alive and, when it listens on a loopback address, Reno, as beginConnect() sets them. (One that
/// listens on every address leaves the congestion control of all that come to the system.)
void prepareListening(int socket);
/// How many descriptors the process may have open.
size_t descriptorLimit();
/// This end of the connection.
Endpoint localOf(int socket);
/// True when an idle connection is still open and silent: no end, no error, no unexpected bytes. Consumes nothing.
bool isQuietAndOpen(int socket);
void shutdownSending(int socket);
void closeSocket(int socket);
/// Has the peer see a reset rather than an orderly end when the socket is closed: a truncated message must not look
/// complete.
void resetAtClose(int socket);
/// Has what came acknowledged now, where the system would rather wait some 40 ms for something to send along (RFC
/// 9293 section 3.8.6.3): a peer that holds small pieces back until the one before is acknowledged (section 3.7.4)
/// goes on at once. Nothing where the system offers no such thing.
void acknowledgeNow(int socket);
std::string errorText(int error);

} // namespace reverxy::net
