// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace reverxy::test {

/// Requests by the thousand over keep-alive connections: one thread, one epoll set, every answer compared. Expects
/// origins that answer a GET with its target as the body, and a PUT with the size of its body (loadOrigin()).
class Load {
  public:
    struct Options {
        uint16_t port = 0;
        unsigned plain = 0;     // connections that send GET after GET
        unsigned pipelined = 0; // connections that send eight GETs in one write
        unsigned uploads = 0;   // connections that send PUTs, with Content-Length and chunked by turns
        uint64_t requests = 0;  // in all; 0 = until stop()
        size_t uploadSize = 20'000;
        bool reconnect = true; // open a new connection when one was closed in order, between answers
    };

    struct Result {
        uint64_t answered = 0;            // with 200 and the right body
        uint64_t failed = 0;              // with anything else, or cut
        uint64_t broken = 0;              // of those, cut after their response had begun
        uint64_t unanswered = 0;          // the connection was closed in order before a byte of their response
        std::vector<std::string> reasons; // of the first failures

        std::string text() const;
    };

    explicit Load(Options options);
    ~Load();

    void start();

    /// Requests sent until now are answered, further ones are not sent.
    void stop() { m_stopping = true; }

    /// Waits for the end; bounded by `patience()` without any progress.
    Result wait();

    uint64_t answered() const { return m_answered.load(); }

  private:
    struct Connection;
    void run();
    bool open(Connection& connection);
    void fill(Connection& connection);
    void write(Connection& connection);
    void read(Connection& connection);
    bool takeResponse(Connection& connection);
    void ended(Connection& connection, bool inOrder, const char* how);
    void fail(uint64_t count, std::string reason);
    bool mayBegin();

    Options m_options;
    Result m_result;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::thread m_thread;
    int m_epoll = -1;
    size_t m_open = 0;
    uint64_t m_begun = 0;
    std::string m_upload; // the pattern
    std::atomic<bool> m_stopping{false};
    std::atomic<uint64_t> m_answered{0};
};

} // namespace reverxy::test
