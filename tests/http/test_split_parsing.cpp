// SPDX-License-Identifier: MIT
#include "support/parsed.h"

#include <QTest>

#include <random>
#include <string>

using namespace reverxy::http;
using namespace reverxy::test;

namespace {

const std::vector<std::string> requests = {
    "GET /a?b HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, x\r\nX:\ty\r\n\r\n",
    "POST http://h:8/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
    "\r\nOPTIONS * HTTP/1.0\r\nContent-Length: 12\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
};
const std::vector<std::string> responses = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: s\r\n\r\n",
    "HTTP/1.0 304\r\nConnection: keep-alive\r\nETag: \"a\"\r\n\r\n",
    "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nX: caf\xe9\r\n\r\n",
};
const std::vector<std::string> bodies = {
    "5\r\nhello\r\n3;a=\"b\\\"\";c\r\nabc\r\n0\r\nX: y\r\nZ:\r\n\r\n",
    "1 ; a = b\r\nx\r\n00\r\n\r\n",
};

// Bytes that mean something to a parser, so that mutations get deeper than random ones.
constexpr char telling[] = "\r\n\t :;,=\"\\0129aF/?*#%[]\x80\x7f\x01hH.";

std::string mutated(std::string text, std::mt19937& random) {
    const auto below = [&random](size_t bound) {
        return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
    };
    for (size_t edits = below(4); edits > 0 && !text.empty(); --edits) {
        const size_t at = below(text.size());
        const char byte = below(8) == 0 ? '\0' : telling[below(sizeof telling - 1)];
        switch (below(4)) {
        case 0:
            text[at] = byte;
            break;
        case 1:
            text.insert(at, 1, byte);
            break;
        case 2:
            text.erase(at, 1 + below(2));
            break;
        case 3: // a stretch of it once more
            text.insert(at, text.substr(at, below(20)));
            break;
        }
    }
    return text;
}

std::vector<size_t> randomCuts(size_t size, std::mt19937& random) {
    std::vector<size_t> cuts(std::uniform_int_distribution<size_t>(0, 6)(random));
    for (size_t& cut : cuts)
        cut = std::uniform_int_distribution<size_t>(0, size)(random);
    std::sort(cuts.begin(), cuts.end());
    return cuts;
}

} // namespace

/// However the bytes of a message arrive, it means the same: else an attacker's pace would decide where it ends.
class TestSplitParsing : public QObject {
    Q_OBJECT

    template <typename Feed>
    void compare(const std::vector<std::string>& messages, unsigned seed, Feed feed) {
        std::mt19937 random(seed);
        int done = 0;
        int failed = 0;
        for (int round = 0; round < 30000; ++round) {
            const std::string message = mutated(messages[static_cast<size_t>(round) % messages.size()], random);
            const Outcome whole = feed(message, std::vector<size_t>());
            const Outcome split = feed(message, randomCuts(message.size(), random));
            if (whole.status != split.status || whole.error != split.error || whole.text != split.text ||
                (whole.status == ParseStatus::Done && whole.consumed != split.consumed)) {
                QFAIL(QByteArray::fromStdString(message).toPercentEncoding().constData());
            }
            done += whole.status == ParseStatus::Done;
            failed += whole.status == ParseStatus::Failed;
        }
        // The mutations are worth something only while they produce both kinds.
        QVERIFY(done > 3000 && failed > 3000);
    }

  private Q_SLOTS:

    void requestHeads() {
        compare(requests, 1, [](const std::string& message, const std::vector<size_t>& cuts) {
            return parseRequest(message, cuts, {90, 3});
        });
    }

    void responseHeads() {
        compare(responses, 2, [](const std::string& message, const std::vector<size_t>& cuts) {
            return parseResponse(message, cuts, Method::Get, {60, 2});
        });
    }

    void chunkedBodies() {
        compare(bodies, 3, [](const std::string& message, const std::vector<size_t>& cuts) {
            return decodeBody({BodyKind::Chunked, 0}, message, cuts, {16, 2});
        });
    }
};

QTEST_APPLESS_MAIN(TestSplitParsing)
#include "test_split_parsing.moc"
