// SPDX-License-Identifier: MIT
// The load of the benchmark: one thread, many connections, every response checked for its status and length. Prints
// one line of JSON. Connections that are kept are opened before, with one request each that counts as `opening`
// alone. Options are NAME=VALUE:
// clang-format off
//   port=, path=/1024        where to ask what; `%` in the path becomes a number below variants=
//   skew=0                   1 = the variants are asked for as Zipf's law has it: the k-th 1/k times as often as the first
//   connections=64 seconds=3
//   rate=0                   requests a second in an open loop: each has its time, whatever became of those before, and
//                            its latency counts from that time. 0 = the next as soon as the last is answered
//   depth=1                  requests sent together on a connection (pipelining), with rate=0
//   close=0                  1 = a new connection for every request
//   upload=0                 bytes of a request's body
//   clients=0                so many different X-Forwarded-For
//   status=200               what every response must have
//   others=0                 so many responses that may have another status
//   hold=0                   so many connections are opened beside, asked once and then left idle
//   sweep=0                  1 = each variant, and each client, comes once, then it ends; seconds= is the longest it
//                            may take
// clang-format on
#include "bench_socket.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include <csignal>

using namespace reverxy::bench;

namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

struct Plan {
    uint16_t port = 0;
    std::string path = "/1024";
    size_t variants = 1;
    bool skew = false;
    size_t connections = 64;
    double seconds = 3;
    double rate = 0;
    size_t depth = 1;
    bool close = false;
    size_t upload = 0;
    size_t clients = 0;
    int status = 200;
    size_t others = 0;
    size_t hold = 0;
    bool sweep = false;
};

struct Connection {
    int socket = -1;
    bool held = false;         // what it asks counts as opening
    std::deque<Time> awaiting; // the times from which the responses' latencies count
    std::string head;          // of a response, not yet whole
    size_t bodyLeft = 0;
    bool inBody = false;
    bool closes = false; // the response said so
    std::string out;
    size_t sent = 0;
    size_t uploadLeft = 0;
};

class Load {
  public:
    explicit Load(const Plan& plan)
        : m_plan(plan), m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_scratch(256 * 1024),
          m_body(std::min<size_t>(plan.upload, 256 * 1024), 'u'), m_connections(plan.connections + plan.hold) {}

    void run() {
        const bool held = open(m_plan.connections, m_plan.hold);
        if (held && m_plan.hold != 0)
            std::fprintf(stderr, "held\n");
        const bool opensFirst = !m_plan.close && !m_plan.sweep;
        if (!held || (opensFirst && !open(0, m_plan.connections))) {
            if (m_problem.empty())
                m_problem = "the connections were not open in a minute";
            return;
        }
        for (size_t i = 0; i < m_plan.connections; ++i) {
            m_connections[i].held = false;
            m_idle.push_back(&m_connections[i]);
        }
        m_opening = m_latencies.size();
        m_latencies.clear();
        m_issued = 0;
        m_begun = Clock::now();
        m_end =
            m_begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(m_plan.seconds));
        const Time giveUp = m_end + std::chrono::seconds(5);
        while (Clock::now() < giveUp) {
            issue();
            if (m_over && m_outstanding == 0)
                break;
            wait();
        }
        m_stopped = Clock::now();
    }

    void print() {
        std::sort(m_latencies.begin(), m_latencies.end());
        const auto at = [this](double share) {
            if (m_latencies.empty())
                return 0.0;
            return m_latencies[static_cast<size_t>(share * static_cast<double>(m_latencies.size() - 1))] / 1000.0;
        };
        std::printf("{\"opening\": %zu, \"requests\": %zu, \"seconds\": %.4f, \"errors\": %zu, \"unanswered\": "
                    "%zu, \"p50\": %.1f, "
                    "\"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f, \"problem\": \"%s\"}\n",
                    m_opening, m_latencies.size(), std::chrono::duration<double>(m_stopped - m_begun).count(),
                    m_errors, m_outstanding, at(0.5), at(0.99), at(0.999), at(1), m_problem.c_str());
    }

  private:
    /// Opens connections, some at a time, and waits until each has had its response: what is measured is no
    /// connection's first request. False when one failed, or when it takes longer than a minute.
    bool open(size_t first, size_t count) {
        constexpr size_t atOnce = 100;
        const Time giveUp = Clock::now() + std::chrono::minutes(1);
        for (size_t i = 0; i < count; ++i) {
            Connection& connection = m_connections[first + i];
            connection.held = true;
            begin(connection, Clock::now());
            while (m_outstanding >= atOnce || (i + 1 == count && m_outstanding > 0)) {
                if (Clock::now() >= giveUp)
                    return false;
                wait();
            }
        }
        return m_errors == 0;
    }

    Time due(size_t request) const {
        return m_begun +
               std::chrono::nanoseconds(static_cast<int64_t>(static_cast<double>(request) * 1e9 / m_plan.rate));
    }

    void issue() {
        const Time now = Clock::now();
        m_over = m_over || now >= m_end;
        while (!m_over && !m_idle.empty()) {
            if (m_plan.sweep && m_issued >= std::max(m_plan.variants, m_plan.clients)) {
                m_over = true;
                return;
            }
            const Time from = m_plan.rate > 0 ? due(m_issued) : now;
            if (from > now)
                return;
            Connection* const connection = m_idle.front();
            m_idle.pop_front();
            begin(*connection, from);
        }
    }

    void wait() {
        timespec most{0, 10'000'000};
        if (!m_resting.empty()) {
            ::usleep(10'000);
            m_idle.insert(m_idle.end(), m_resting.begin(), m_resting.end());
            m_resting.clear();
        }
        if (m_plan.rate > 0 && !m_over && !m_idle.empty()) {
            const auto left =
                std::chrono::duration_cast<std::chrono::nanoseconds>(due(m_issued) - Clock::now()).count();
            most.tv_nsec = std::clamp<int64_t>(left, 0, most.tv_nsec);
        }
        std::array<epoll_event, 256> events;
        const int count = ::epoll_pwait2(m_epoll, events.data(), static_cast<int>(events.size()), &most, nullptr);
        for (int i = 0; i < count; ++i) {
            auto& connection = *static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr);
            if (connection.socket < 0)
                continue;
            if (!send(connection))
                continue;
            if ((events[static_cast<size_t>(i)].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
                receive(connection);
        }
    }

    void begin(Connection& connection, Time from) {
        if (connection.socket < 0) {
            connection.socket = connectTo(m_plan.port);
            if (connection.socket < 0) {
                m_issued += 1;
                return failed(connection, "connecting");
            }
            watch(m_epoll, connection.socket, &connection);
        }
        connection.out.clear();
        connection.sent = 0;
        for (size_t i = 0; i < (connection.held ? 1 : m_plan.depth); ++i) {
            writeHead(connection.out);
            connection.awaiting.push_back(from);
            ++m_outstanding;
            ++m_issued;
        }
        connection.uploadLeft = m_plan.upload;
        send(connection);
    }

    size_t oneOf(size_t count) { return (m_plan.sweep ? m_issued : m_random()) % count; }

    size_t oneVariant() {
        if (m_plan.sweep || !m_plan.skew)
            return oneOf(m_plan.variants);
        const double uniform = static_cast<double>(m_random() - m_random.min()) /
                               static_cast<double>(m_random.max() - m_random.min() + 1.0);
        const double rank = std::exp(uniform * std::log(static_cast<double>(m_plan.variants) + 1)); // from 1 on
        return static_cast<size_t>(rank) - 1;
    }

    void writeHead(std::string& out) {
        out += m_plan.upload != 0 ? "POST " : "GET ";
        const size_t mark = m_plan.path.find('%');
        if (mark == std::string::npos) {
            out += m_plan.path;
        } else {
            out.append(m_plan.path, 0, mark);
            out += std::to_string(oneVariant());
            out.append(m_plan.path, mark + 1);
        }
        out += " HTTP/1.1\r\nHost: bench.localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n";
        if (m_plan.close)
            out += "Connection: close\r\n";
        if (m_plan.upload != 0)
            out += "Content-Length: " + std::to_string(m_plan.upload) + "\r\n";
        if (m_plan.clients != 0) {
            const size_t client = oneOf(m_plan.clients);
            out += "X-Forwarded-For: 10." + std::to_string(client >> 16) + "." + std::to_string(client >> 8 & 255) +
                   "." + std::to_string(client & 255) + "\r\n";
        }
        out += "\r\n";
    }

    /// False when the connection is over.
    bool send(Connection& connection) {
        while (connection.sent < connection.out.size() || connection.uploadLeft != 0) {
            const bool head = connection.sent < connection.out.size();
            const std::string_view next =
                head ? std::string_view(connection.out).substr(connection.sent)
                     : std::string_view(m_body).substr(0, std::min(m_body.size(), connection.uploadLeft));
            const ssize_t count = ::send(connection.socket, next.data(), next.size(),
                                         MSG_NOSIGNAL | (head && connection.uploadLeft != 0 ? MSG_MORE : 0));
            if (count < 0 && (errno == EAGAIN || errno == ENOTCONN))
                return true;
            if (count < 0) {
                failed(connection, "sending");
                return false;
            }
            (head ? connection.sent : connection.uploadLeft) +=
                head ? static_cast<size_t>(count) : -static_cast<size_t>(count);
        }
        return true;
    }

    void receive(Connection& connection) {
        for (;;) {
            const ssize_t count = ::recv(connection.socket, m_scratch.data(), m_scratch.size(), 0);
            if (count < 0 && errno == EAGAIN)
                return;
            if (count <= 0) {
                if (connection.awaiting.empty()) // a kept connection may end when nothing is asked
                    return shut(connection);
                return failed(connection, "the connection ended before its response");
            }
            if (!take(connection, {m_scratch.data(), static_cast<size_t>(count)}))
                return;
            if (static_cast<size_t>(count) < m_scratch.size())
                return;
        }
    }

    /// False when the connection is over.
    bool take(Connection& connection, std::string_view bytes) {
        while (!bytes.empty()) {
            if (connection.inBody) {
                const size_t taken = std::min(bytes.size(), connection.bodyLeft);
                connection.bodyLeft -= taken;
                bytes.remove_prefix(taken);
            } else if (!takeHead(connection, bytes)) {
                return false;
            }
            if (connection.inBody && connection.bodyLeft == 0 && !finish(connection))
                return false;
        }
        return true;
    }

    bool takeHead(Connection& connection, std::string_view& bytes) {
        std::string_view head = bytes;
        if (!connection.head.empty()) {
            connection.head += bytes;
            head = connection.head;
        }
        const size_t before = head.size() - bytes.size();
        const size_t end = head.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            if (connection.head.empty())
                connection.head = bytes;
            bytes = {};
            return true;
        }
        bytes.remove_prefix(end + 4 - before);
        head = head.substr(0, end + 4);
        const int status = std::atoi(head.data() + 9);
        const int64_t length = contentLength(head);
        const bool wanted = status == m_plan.status || m_others++ < m_plan.others;
        if (connection.awaiting.empty() || !wanted || length < 0) {
            failed(connection, "an unexpected response: " + std::string(head.substr(0, head.find('\r'))));
            return false;
        }
        connection.closes = head.find("onnection: close") != std::string_view::npos;
        connection.inBody = true;
        connection.bodyLeft = static_cast<size_t>(length);
        connection.head.clear();
        return true;
    }

    bool finish(Connection& connection) {
        connection.inBody = false;
        m_latencies.push_back(static_cast<float>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - connection.awaiting.front())
                .count()));
        connection.awaiting.pop_front();
        --m_outstanding;
        if (connection.closes || (m_plan.close && !connection.held)) {
            if (!connection.awaiting.empty()) {
                failed(connection, "the connection ended before its response");
                return false;
            }
            shut(connection);
        }
        if (connection.awaiting.empty() && !connection.held) {
            m_idle.push_back(&connection);
            issue();
        }
        return connection.socket >= 0;
    }

    void shut(Connection& connection) {
        ::close(connection.socket);
        connection.socket = -1;
        connection.head.clear();
        connection.inBody = false;
    }

    void failed(Connection& connection, std::string_view why) {
        m_errors += std::max<size_t>(1, connection.awaiting.size());
        if (m_problem.empty())
            m_problem = why;
        m_outstanding -= connection.awaiting.size();
        connection.awaiting.clear();
        connection.uploadLeft = 0;
        connection.out.clear();
        connection.sent = 0;
        if (connection.socket >= 0)
            shut(connection);
        if (!connection.held) {
            m_resting.push_back(&connection);
        }
    }

    const Plan& m_plan;
    int m_epoll;
    std::vector<char> m_scratch;
    std::string m_body;
    std::vector<Connection> m_connections;
    std::deque<Connection*> m_idle;
    std::vector<Connection*> m_resting; // failed just now: not tried again at once
    std::vector<float> m_latencies;     // nanoseconds
    std::minstd_rand m_random{12345};
    std::string m_problem;
    Time m_begun;
    Time m_end;
    Time m_stopped;
    size_t m_issued = 0;
    size_t m_outstanding = 0;
    size_t m_opening = 0; // requests before what is measured
    size_t m_errors = 0;
    size_t m_others = 0; // responses with another status
    bool m_over = false;
};

/// False when the option is not known.
bool apply(Plan& plan, std::string_view name, const std::string& value) {
    const auto number = [&value] { return static_cast<size_t>(std::strtoull(value.c_str(), nullptr, 10)); };
    const std::map<std::string_view, size_t*> numbers{
        {"variants", &plan.variants}, {"connections", &plan.connections}, {"depth", &plan.depth},
        {"upload", &plan.upload},     {"clients", &plan.clients},         {"hold", &plan.hold},
        {"others", &plan.others}};
    if (const auto found = numbers.find(name); found != numbers.end())
        *found->second = number();
    else if (name == "port")
        plan.port = static_cast<uint16_t>(number());
    else if (name == "path")
        plan.path = value;
    else if (name == "seconds")
        plan.seconds = std::atof(value.c_str());
    else if (name == "rate")
        plan.rate = std::atof(value.c_str());
    else if (name == "close")
        plan.close = number() != 0;
    else if (name == "status")
        plan.status = static_cast<int>(number());
    else if (name == "sweep")
        plan.sweep = number() != 0;
    else if (name == "skew")
        plan.skew = number() != 0;
    else
        return false;
    return true;
}

} // namespace

int main(int argc, char** argv) {
    Plan plan;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        const size_t equals = option.find('=');
        if (equals == std::string_view::npos ||
            !apply(plan, option.substr(0, equals), std::string(option.substr(equals + 1)))) {
            std::fprintf(stderr, "bench_client: the options are at the top of bench_client.cpp; not this: %s\n",
                         argv[i]);
            return 2;
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
    allowManyDescriptors();
    Load load(plan);
    load.run();
    load.print();
}
