// SPDX-License-Identifier: MIT
#include "support/origin.h"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reverxy::test {

namespace {

/// Fields that concern one connection (RFC 9110 section 7.6.1); Transfer-Encoding is judged with the framing,
/// Connection and Upgrade by the stories, because they may be there.
constexpr std::string_view connectionFields[] = {"Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
                                                 "Proxy-Authorization"};

constexpr size_t violationsKept = 100;

/// Neither side has closed it, as the kernel sees it, which is ahead of the thread that serves it.
bool isEstablished(int descriptor) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_ESTABLISHED;
}

} // namespace

const std::string& OriginExchange::readBody() {
    m_request.body += m_body.rest();
    record();
    return m_request.body;
}

void OriginExchange::record() {
    m_request.bodySize = m_body.size();
    m_request.bodyComplete = m_body.complete();
    m_request.trailers = m_body.trailers();
    m_origin.keepRecord(m_request, m_index);
}

uint64_t OriginExchange::discardBody() {
    while (!m_body.next().empty()) {
    }
    record();
    return m_body.size();
}

bool OriginExchange::respond(int status, std::string_view body, const Fields& fields) {
    std::string message = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
    for (const auto& [name, value] : fields)
        message.append(name).append(": ").append(value).append("\r\n");
    if (status != 204 && status != 304)
        message += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    message += "\r\n";
    if (m_request.method != "HEAD")
        message += body;
    return send(message);
}

bool OriginExchange::waitFor(const Gate& gate) const {
    waitUntil([&] { return gate.isOpen() || stopping(); });
    return gate.isOpen() && !stopping();
}

bool OriginExchange::stopping() const {
    return m_origin.stopping();
}

void OriginExchange::reset() {
    m_keep = false;
    m_stream.resetOnClose(); // the connection's thread closes, under the lock that cutConnections() takes
}

Origin::Origin(Script script) : Origin(std::move(script), Options()) {}

Origin::Origin(Script script, Options options)
    : m_script(std::move(script)), m_options(options),
      m_port(options.port == 0 ? LoopbackPort() : LoopbackPort(options.port)) {
    start();
}

Origin::~Origin() {
    stop();
}

std::string Origin::authority() const {
    return (m_options.family == Family::V4 ? "127.0.0.1:" : "[::1]:") + std::to_string(port());
}

void Origin::start() {
    m_stopping = false;
    m_listener = m_port.listen(m_options.family);
    m_acceptor = std::thread([this] { listen(); });
}

void Origin::stop() {
    m_stopping = true;
    if (m_acceptor.joinable())
        m_acceptor.join();
    cutConnections();
    reap(true);
}

void Origin::cutConnections() {
    const std::lock_guard lock(m_mutex);
    for (Connection& connection : m_connections) {
        if (!connection.finished)
            connection.stream.shutdownAll();
    }
}

void Origin::listen() {
    while (!m_stopping) {
        pollfd entry{m_listener, POLLIN, 0};
        if (::poll(&entry, 1, 5) != 1)
            continue;
        const int descriptor = ::accept(m_listener, nullptr, nullptr);
        if (descriptor >= 0)
            accept(descriptor);
        reap(false);
    }
    ::close(std::exchange(m_listener, -1));
}

void Origin::accept(int descriptor) {
    if (m_options.sendBuffer > 0)
        ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &m_options.sendBuffer, sizeof m_options.sendBuffer);
    if (m_options.receiveBuffer > 0)
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &m_options.receiveBuffer, sizeof m_options.receiveBuffer);
    const size_t number = ++m_total;
    ++m_open;
    const std::lock_guard lock(m_mutex);
    size_t open = 1;
    for (const Connection& other : m_connections)
        open += !other.finished && isEstablished(other.stream.descriptor());
    m_most = std::max(m_most.load(), open);
    Connection& connection = m_connections.emplace_back();
    connection.stream = Stream(descriptor);
    connection.thread = std::thread([this, &connection, number] { serve(connection, number); });
}

void Origin::reap(bool all) {
    std::list<Connection> finished;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_connections.begin(); it != m_connections.end();) {
            const auto next = std::next(it);
            if (all || it->finished)
                finished.splice(finished.end(), m_connections, it);
            it = next;
        }
    }
    for (Connection& connection : finished)
        connection.thread.join();
}

void Origin::serve(Connection& connection, size_t number) {
    while (!m_stopping && serveRequest(connection.stream, number)) {
    }
    --m_open;
    const std::lock_guard lock(m_mutex); // cutConnections() may be looking at the descriptor
    connection.stream.close();
    connection.finished = true;
}

bool Origin::serveRequest(Stream& stream, size_t connection) {
    std::string problem;
    std::optional<Head> head = readHead(stream, problem);
    if (!head) {
        // Closing between or within heads is everybody's right; a whole head that is none is wrong.
        if (stream.end() == Stream::End::Open)
            judge({}, problem);
        return false;
    }
    ReceivedRequest request;
    request.head = std::move(*head);
    const std::vector<std::string> words = request.head.words();
    request.method = words[0];
    request.target = words.size() > 1 ? words[1] : "";
    request.connection = connection;
    const BodyShape shape = shapeOfRequest(request.head, problem);
    judge(request, problem);
    size_t index = 0;
    {
        const std::lock_guard lock(m_mutex);
        index = m_requests.size();
        if (m_options.record)
            m_requests.push_back(request);
    }
    ++m_requestCount;

    OriginExchange exchange(*this, stream, request, shape, index);
    m_script(exchange);
    if (exchange.kept())
        exchange.discardBody();
    exchange.record();
    return exchange.kept() && exchange.body().complete();
}

void Origin::judge(const ReceivedRequest& request, const std::string& problem) {
    std::vector<std::string> found;
    if (!problem.empty())
        found.push_back(problem);
    if (!request.head.raw.empty()) {
        const std::vector<std::string> words = request.head.words();
        if (words.size() != 3 || words[2] != "HTTP/1.1" || request.target.find(' ') != std::string::npos)
            found.push_back("start line: " + request.head.startLine);
        if (request.head.count("Host") != 1)
            found.push_back("not exactly one Host: " + request.head.raw);
        for (const std::string_view name : connectionFields) {
            if (request.head.has(name))
                found.push_back("a field of the connection was forwarded: " + std::string(name));
        }
    }
    const std::lock_guard lock(m_mutex);
    for (std::string& violation : found) {
        if (m_violations.size() < violationsKept)
            m_violations.push_back(std::move(violation));
    }
}

void Origin::keepRecord(const ReceivedRequest& request, size_t index) {
    const std::lock_guard lock(m_mutex);
    if (m_options.record && index < m_requests.size())
        m_requests[index] = request;
}

std::vector<ReceivedRequest> Origin::requests() const {
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

ReceivedRequest Origin::lastRequest() const {
    const std::lock_guard lock(m_mutex);
    return m_requests.empty() ? ReceivedRequest() : m_requests.back();
}

std::vector<std::string> Origin::violations() const {
    const std::lock_guard lock(m_mutex);
    return m_violations;
}

} // namespace reverxy::test
