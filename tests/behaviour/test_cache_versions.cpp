// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"

#include <charconv>
#include <mutex>
#include <random>
#include <thread>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// What a resource holds in one of its versions: most are of one length, and neighbours agree in no byte.
std::string contentOf(const std::string& target, int version) {
    const size_t size = (target.starts_with("/large") ? 150'000 : 3'000) + (version % 4 == 0 ? 17 : 0);
    std::string content(size, '\0');
    for (size_t i = 0; i < size; ++i)
        content[i] = static_cast<char>('a' + (i * 7 + i / 26 + static_cast<size_t>(version) * 11) % 26);
    return content;
}

std::string tagOf(int version) {
    return "\"v" + std::to_string(version) + "\"";
}

/// Nothing where the tag is none of ours.
std::optional<int> versionOf(const std::string& tag) {
    int version = 0;
    if (!tag.starts_with("\"v") || !tag.ends_with('"'))
        return std::nullopt;
    const auto result = std::from_chars(tag.data() + 2, tag.data() + tag.size() - 1, version);
    return result.ptr == tag.data() + tag.size() - 1 ? std::optional(version) : std::nullopt;
}

struct Span {
    size_t first = 0;
    size_t last = 0;
};

/// One range out of "a-b", "a-" and "-n".
std::optional<Span> readSpan(std::string_view text, size_t size) {
    const size_t dash = text.find('-');
    const auto number = [](std::string_view digits) {
        size_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    const std::string_view left = text.substr(0, dash);
    const std::string_view right = text.substr(dash + 1);
    if (left.empty())
        return Span{size - std::min(size, number(right)), size - 1};
    if (number(left) >= size)
        return std::nullopt;
    return Span{number(left), right.empty() ? size - 1 : std::min(size - 1, number(right))};
}

/// An origin that keeps to the standards, whose resources change every few requests, and which sometimes fails in
/// the middle of a body.
class ChangingOrigin {
  public:
    void operator()(OriginExchange& exchange) {
        exchange.readBody();
        const int count = ++m_count;
        const int version = count / 5;
        const std::string content = contentOf(exchange.target(), version);
        const char* const policies[]{"max-age=60", "max-age=60, must-revalidate",         "max-age=0", "max-age=60",
                                     "no-cache",   "max-age=0, stale-while-revalidate=60"};
        const std::string fields =
            "ETag: " + tagOf(version) + "\r\nCache-Control: " + policies[count % 7 % 6] + "\r\n";
        if (exchange.field("If-None-Match").find(tagOf(version)) != std::string::npos) {
            exchange.send("HTTP/1.1 304 Not Modified\r\n" + fields + "\r\n");
            return;
        }
        std::string range = exchange.method() == "GET" ? exchange.field("Range") : "";
        if (range.find(',') != std::string::npos ||
            (exchange.request().head.has("If-Range") && exchange.field("If-Range") != tagOf(version)))
            range.clear();
        if (range.empty())
            return respond(exchange, "200 OK", fields, content, count);
        const auto span = readSpan(std::string_view(range).substr(6), content.size());
        const std::string size = std::to_string(content.size());
        if (!span)
            return respond(exchange, "416 Range Not Satisfiable", "Content-Range: bytes */" + size + "\r\n", "",
                           count);
        respond(exchange, "206 Partial Content",
                fields + "Content-Range: bytes " + std::to_string(span->first) + "-" + std::to_string(span->last) +
                    "/" + size + "\r\n",
                content.substr(span->first, span->last - span->first + 1), count);
    }

  private:
    static void respond(OriginExchange& exchange, const std::string& status, const std::string& fields,
                        const std::string& body, int count) {
        const std::string head =
            "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        if (exchange.method() == "HEAD") {
            exchange.send(head);
        } else if (count % 13 == 0) {
            exchange.send(head + body.substr(0, body.size() / 2));
            exchange.close();
        } else {
            exchange.send(head + body);
        }
    }

    std::atomic<int> m_count{0};
};

/// One client's questions and what is wrong with the answers.
class Asker {
  public:
    Asker(uint16_t port, unsigned seed) : m_port(port), m_random(seed) {}

    void ask(int times) {
        Client client(m_port);
        for (int i = 0; i < times; ++i) {
            // A few at a time, so that parts of one thing meet before the whole is there.
            const std::string target = (oneIn(6) ? "/large/" : "/small/") + std::to_string(i / 8);
            const std::string method = oneIn(20) ? "HEAD" : "GET";
            std::string fields;
            if (!oneIn(10))
                fields += "Range: bytes=" + range(contentOf(target, 0).size()) + "\r\n";
            if (oneIn(6))
                fields += "If-Range: " + m_lastTag + "\r\n";
            if (oneIn(8))
                fields += "If-None-Match: " + m_lastTag + "\r\n";
            if (oneIn(12))
                fields += "Cache-Control: no-cache\r\n";
            const Response response = client.exchange(request(method, target, fields), method);
            const std::string problem = judge(target, method, fields, response);
            if (!problem.empty())
                problems.push_back(method + " " + target + " " + fields + "-> " + response.head.startLine + ": " +
                                   problem);
            if (!response.complete)
                client = Client(m_port);
        }
    }

    std::vector<std::string> problems;
    int answers = 0;

  private:
    bool oneIn(unsigned count) { return m_random() % count == 0; }

    /// Mostly eighths, so that parts meet.
    std::string range(size_t size) {
        const size_t eighth = size / 8;
        const size_t first = m_random() % 8 * eighth;
        switch (m_random() % 6) {
        case 0:
            return std::to_string(first) + "-";
        case 1:
            return "-" + std::to_string(1 + m_random() % size);
        case 2:
            return std::to_string(m_random() % (size + 2000)) + "-" + std::to_string(size + 2000);
        case 3:
            return "0-0,-1";
        default:
            return std::to_string(first) + "-" + std::to_string(first + (1 + m_random() % 4) * eighth - 1);
        }
    }

    /// Empty: it is all of one version.
    std::string judge(const std::string& target, const std::string& method, const std::string& fields,
                      const Response& response) {
        if (response.status >= 500 || !response.complete || response.status == 416)
            return {}; // the origin has failed, or grown shorter
        const auto version = versionOf(response.field("ETag"));
        if (!version)
            return "no tag";
        ++answers;
        m_lastTag = response.field("ETag");
        const std::string content = contentOf(target, *version);
        if (response.status == 304)
            return fields.find("If-None-Match: " + m_lastTag) == std::string::npos ? "not asked for" : "";
        if (method == "HEAD")
            return response.field("Content-Length") == std::to_string(content.size()) ? "" : "another length";
        if (response.status == 200)
            return response.body == content ? "" : "other content";
        if (response.status != 206)
            return "an odd status";
        if (fields.find("0-0,-1") != std::string::npos) // in parts
            return response.body.find("\r\n\r\n" + content.substr(0, 1) + "\r\n") != std::string::npos
                       ? ""
                       : "other parts";
        const std::string place = response.field("Content-Range");
        const auto span = readSpan(std::string_view(place).substr(6), content.size());
        if (!span || !place.ends_with("/" + std::to_string(content.size())))
            return "another length: " + place;
        return response.body == content.substr(span->first, span->last - span->first + 1) ? ""
                                                                                          : "other bytes: " + place;
    }

    uint16_t m_port;
    std::mt19937 m_random;
    std::string m_lastTag = "\"none\"";
};

} // namespace

/// Whatever is stored, combined, validated and shared meanwhile: what a client gets is of the version that its tag
/// names (RFC 9111 sections 3.4 and 4.3.4).
class TestCacheVersions : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void noAnswerMixesVersions_data() {
        QTest::addColumn<uint>("seed");
        for (const uint seed : {1u, 2u, 3u})
            QTest::addRow("%u", seed) << seed;
    }

    void noAnswerMixesVersions() {
        QFETCH(uint, seed);
        ChangingOrigin script;
        Origin origin(std::ref(script));
        config::Config config = cachingConfig({origin.port()});
        config.proxy.workers = 2;
        RunningEngine proxy(config);
        std::vector<Asker> askers;
        for (uint i = 0; i < 4; ++i)
            askers.emplace_back(proxy.port(), seed * 10 + i);
        std::vector<std::thread> threads;
        for (Asker& asker : askers)
            threads.emplace_back([&asker] { asker.ask(200); });
        for (std::thread& thread : threads)
            thread.join();
        int answers = 0;
        for (const Asker& asker : askers) {
            QVERIFY2(asker.problems.empty(), asker.problems.empty() ? "" : asker.problems.front().c_str());
            answers += asker.answers;
        }
        QVERIFY(answers > 400);
        QVERIFY(origin.requestCount() < 800); // some of them came from the store
    }
};

QTEST_GUILESS_MAIN(TestCacheVersions)
#include "test_cache_versions.moc"
