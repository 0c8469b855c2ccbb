// SPDX-License-Identifier: MIT
#pragma once

#include "base/name_table.h"
#include "http/head_parser.h"
#include "proxy/exchange.h"
#include "proxy/fake_port.h"

#include <chrono>
#include <string>
#include <string_view>

namespace reverxy::proxy {

using namespace std::chrono_literals;

/// One pool "default" whose backends are called a, b, … as in `names`, at ports 9001, 9002, …, and the route to it.
config::Config configOf(std::string_view names);

/// One exchange on a stage: a configuration, a world without sockets, and a clock that stands still unless the test
/// moves it. Messages are written as text and read by the parsers.
class ExchangeScene {
  public:
    explicit ExchangeScene(const config::Config& config = configOf("ab"));

    // The client.
    void request(std::string_view head);
    void requestOf(std::string_view head, const ClientFacts& facts);
    /// A piece of the body; true when the exchange wanted it.
    bool body(std::string_view bytes);
    void endRequest(std::string_view trailers = {});

    // The backend.
    void connected(uint32_t micros = 250);
    void connectFails(Failure failure = Failure::ConnectRefused, std::string_view details = {});
    void response(std::string_view head);
    void responseBody(std::string_view bytes);
    void endResponse(bool reusable = true, std::string_view trailers = {});
    void lose(Failure failure = Failure::ConnectionClosed, bool anyByteSent = true);
    /// A whole response.
    void answer(std::string_view head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    // Time.
    void pass(Duration time) { now += time; }

    /// Moves the clock to the deadline, if there is one, and tells the exchange; false when there is none.
    bool deadlinePasses();

    /// Delivers the next wake-up that is on its way to this exchange, as its worker would; false when there is
    /// none.
    bool wake();
    void finish();

    const observe::Decision& decision() const { return exchange.decision(); }

    const SentRequest& sent() const { return port.requests.back(); }

    const SentResponse& got() const { return port.responses.back(); }

    std::string nameOf(NameId id) const { return std::string(names.name(id)); }

    PoolState& pool(uint32_t index = 0) { return *runtime->pools[index].state; }

    BackendState& backend(uint32_t index, uint32_t poolIndex = 0) { return world.state(poolIndex, index); }

    /// Whether nothing is counted any more: no request, no retry, no backend's request, nobody waiting.
    bool countersAreZero() const;

    NameTable names;
    SharedState shared;
    std::shared_ptr<const Runtime> runtime;
    FakeWorld world;
    FakePort port;
    Exchange exchange;
    http::RequestHead head;
    TimePoint now = TimePoint{} + 1h;
    ClientFacts client;

  private:
    static http::FieldList parseTrailers(std::string_view text, std::string& storage);

    std::string m_requestText;
};

/// The plainest request, and what a backend's first try may come to.
inline constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
inline constexpr Opened pending{OpenResult::Pending, Failure::None, false};
inline constexpr Opened refused{OpenResult::Failed, Failure::ConnectRefused, false};

/// "502 connection-refused": what the client got, and why.
std::string problemOf(const ExchangeScene& scene);

} // namespace reverxy::proxy
