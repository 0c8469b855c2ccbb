// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/reverxy_process.h"

#include <sys/resource.h>

using namespace reverxy::test;

namespace {

constexpr uint64_t mebibyte = 1 << 20;
constexpr uint64_t allowedGrowth = 4 * mebibyte;

/// Gives every piece of the request's body back as soon as it is there.
void mirror(OriginExchange& exchange) {
    const std::string length = exchange.field("Content-Length");
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
    for (std::string_view piece = exchange.body().next(); !piece.empty(); piece = exchange.body().next()) {
        if (!exchange.send(piece))
            return exchange.close();
    }
}

std::string megabytes(uint64_t bytes) {
    return std::to_string(bytes / 1024) + " KiB";
}

} // namespace

/// The memory of the program, as a process of its own, does not depend on what passes through it.
class TestSoakBodies : public QObject {
    Q_OBJECT

    /// Sends `size` bytes and receives them back at the same time. The most resident bytes seen meanwhile, 0 when
    /// something was lost.
    static uint64_t passBothWays(const ReverxyProcess& proxy, Client& client, uint64_t size) {
        client.send(request("POST", "/", "Content-Length: " + std::to_string(size) + "\r\n"));
        auto sending = std::async(std::launch::async, [&] {
            for (uint64_t offset = 0; offset < size;) {
                const std::string_view piece =
                    patternAt(offset).substr(0, static_cast<size_t>(std::min<uint64_t>(size - offset, 65536)));
                if (!client.send(piece))
                    return false;
                offset += piece.size();
            }
            return true;
        });
        Response response = client.readHead();
        PatternCheck check;
        uint64_t most = 0;
        uint64_t nextLook = 0;
        client.readBody(response, [&](std::string_view piece) {
            if (check.offset() >= nextLook) {
                most = std::max(most, proxy.residentSize());
                nextLook += 16 * mebibyte;
            }
            return check.add(piece);
        });
        const bool sent = sending.get();
        const bool whole = response.complete && check.good() && check.offset() == size;
        if (!sent || !whole)
            qWarning("%s, %llu of %llu bytes came back: %d %s", sent ? "sent" : "not sent",
                     static_cast<unsigned long long>(check.offset()), static_cast<unsigned long long>(size),
                     response.status, response.problem.c_str());
        return sent && whole ? most : 0;
    }

  private Q_SLOTS:

    void aHugeBodyPassesBothWaysInFlatMemory() {
        Origin origin(mirror);
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Client client = proxy.connect();
        for (int i = 0; i < 4; ++i)
            QVERIFY2(passBothWays(proxy, client, 8 * mebibyte) > 0, proxy.output().c_str());
        const uint64_t before = proxy.residentSize();
        const uint64_t most = passBothWays(proxy, client, 10'000 * mebibyte);
        QVERIFY(most > 0);
        QVERIFY2(most < before + allowedGrowth, (megabytes(before) + " grew to " + megabytes(most)).c_str());
    }

    void manyLargeBodiesLeaveMemoryWhereItWas() {
        Origin origin([](OriginExchange& exchange) {
            if (exchange.method() == "PUT")
                checkPattern()(exchange);
            else
                bigBody(10 * mebibyte)(exchange);
        });
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        const std::string upload = request("PUT", "/", "", pattern(10 * mebibyte));
        const auto passOver = [&](int requests) {
            std::vector<std::future<bool>> loads;
            for (int part = 0; part < 4; ++part) {
                loads.push_back(std::async(std::launch::async, [&, part] {
                    Client client = proxy.connect();
                    for (int i = part; i < requests; i += 4) {
                        if (i % 8 >= 4) {
                            if (client.exchange(upload).status != 200)
                                return false;
                            continue;
                        }
                        client.send(request("GET", "/"));
                        Response response = client.readHead();
                        PatternCheck check;
                        client.readBody(response, [&](std::string_view piece) { return check.add(piece); });
                        if (!response.complete || check.offset() != 10 * mebibyte)
                            return false;
                    }
                    return true;
                }));
            }
            bool good = true;
            for (auto& load : loads)
                good = load.get() && good;
            return good;
        };
        QVERIFY(passOver(40));
        const uint64_t before = proxy.residentSize();
        QVERIFY(passOver(2'000));
        const uint64_t after = proxy.residentSize();
        QVERIFY2(after < before + allowedGrowth, (megabytes(before) + " grew to " + megabytes(after)).c_str());
    }

    void anIdleConnectionCostsLittle() {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        constexpr size_t connections = 5'000;
        if (limit.rlim_cur < connections + 200)
            QSKIP("too few descriptors are allowed");
        Origin origin(answer(std::string(1000, 'x')));
        ReverxyProcess proxy;
        proxy.configure("  idle_timeout: 1h\n", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        std::vector<Client> clients;
        clients.reserve(connections + 200);
        const auto add = [&](size_t count) {
            for (size_t i = 0; i < count; ++i) {
                clients.push_back(proxy.connect());
                if (clients.back().get("/", "User-Agent: " + std::string(200, 'u') + "\r\n").status != 200)
                    return false;
            }
            return true;
        };
        QVERIFY(add(200));
        const uint64_t before = proxy.residentSize();
        QVERIFY(add(connections));
        const uint64_t allowed = before + connections * 2048;
        const bool small = waitUntil([&] { return proxy.residentSize() <= allowed; });
        QVERIFY2(small, (std::to_string((proxy.residentSize() - before) / connections) + " bytes each").c_str());
    }
};

QTEST_GUILESS_MAIN(TestSoakBodies)
#include "test_soak_bodies.moc"
