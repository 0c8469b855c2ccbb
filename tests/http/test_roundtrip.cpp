// SPDX-License-Identifier: MIT
#include "http/body_decoder.h"
#include "http/head_parser.h"
#include "http/head_writer.h"
#include "http/list.h"

#include <QTest>

#include <cctype>
#include <deque>
#include <memory>
#include <random>
#include <string>

using namespace reverxy::http;

namespace {

constexpr int rounds = 1000;

/// Random parts of messages, the same in every run.
class Generator {
  public:
    explicit Generator(uint64_t seed) : m_random(seed) {}

    /// From `least` to `most`, both included.
    size_t number(size_t least, size_t most) { return least + m_random() % (most - least + 1); }

    bool chance(size_t oneIn) { return number(1, oneIn) == 1; }

    /// Text of characters that `allowed` accepts.
    template <typename Allowed>
    std::string text(size_t least, size_t most, Allowed allowed) {
        std::string result(number(least, most), '\0');
        for (char& c : result) {
            do
                c = static_cast<char>(number(0, 255));
            while (!allowed(static_cast<unsigned char>(c)));
        }
        return result;
    }

    std::string token(size_t least, size_t most) { return text(least, most, isTokenCharacter); }

    /// What a field value or a reason may hold (RFC 9110 section 5.5), white space at the ends included.
    std::string line(size_t most) {
        return text(0, most, [](unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7f); });
    }

    std::string bytes(size_t most) {
        return text(0, most, [](unsigned char) { return true; });
    }

    std::string target() {
        const auto allowed = [](unsigned char c) {
            return std::isalnum(c) ||
                   std::string_view("-._~!$&'()*+,;=:@/%").find(static_cast<char>(c)) != std::string_view::npos;
        };
        std::string result = "/" + text(0, 60, allowed);
        if (chance(2))
            result += "?" + text(0, 60, allowed);
        return result;
    }

    std::string host() {
        static const char* const hosts[] = {"a", "localhost:8080", "[2001:db8::1]:80", "127.0.0.1", "x.example:"};
        return hosts[number(0, std::size(hosts) - 1)];
    }

  private:
    std::mt19937_64 m_random;
};

/// A field list and the memory behind it.
struct Fields {
    std::deque<std::string> texts; // keeps them where they are
    FieldList list;

    void add(std::string name, std::string value) {
        const std::string& keptName = texts.emplace_back(std::move(name));
        const std::string& keptValue = texts.emplace_back(std::move(value));
        list.add(keptName, trimmed(keptValue));
    }
};

void addRandom(Fields& fields, Generator& random, size_t most) {
    for (size_t count = random.number(0, most); count > 0; --count)
        fields.add("x-" + random.token(0, 20), random.line(80));
}

Framing addFraming(Fields& fields, Generator& random) {
    switch (random.number(0, 2)) {
    case 0: {
        const uint64_t length = random.number(0, INT64_MAX);
        fields.add("Content-Length", std::to_string(length));
        return {BodyKind::Length, length};
    }
    case 1:
        fields.add("Transfer-Encoding", "chunked");
        return {BodyKind::Chunked, 0};
    default:
        return {};
    }
}

QByteArray shown(const FieldList& fields) {
    std::string text;
    for (const Field& field : fields)
        text += std::string(field.name) + ": " + std::string(field.value) + "\n";
    return QByteArray::fromStdString(text);
}

/// Calls `parse` with more and more of `data`, each time at another place in memory, until it has decided; the
/// memory of the last call is kept in `last`, for the views into it.
template <typename Parse>
ParseStatus parseInPieces(Generator& random, std::string_view data, std::unique_ptr<char[]>& last, Parse parse) {
    for (size_t size = 0;;) {
        size = std::min(data.size(), size + random.number(1, random.chance(2) ? 8 : 400));
        auto moved = std::make_unique<char[]>(size);
        data.copy(moved.get(), size);
        const ParseStatus status = parse(std::string_view(moved.get(), size));
        last = std::move(moved);
        if (status != ParseStatus::NeedMore || size == data.size())
            return status;
    }
}

struct Decoded {
    std::string body;
    QByteArray trailers;
    size_t consumed = 0;
    bool finished = false;
};

/// Decodes `data` as it would arrive, in pieces of random sizes.
Decoded decodeInPieces(Generator& random, std::string_view data, const Framing& framing) {
    Decoded result;
    BodyDecoder decoder;
    decoder.start(framing, HeadLimits());
    std::string pending;
    for (;;) {
        const BodyDecoder::Step step = decoder.next(pending);
        result.body += step.piece;
        result.consumed += step.consumed;
        if (step.kind == BodyDecoder::Kind::End || step.kind == BodyDecoder::Kind::Failed) {
            result.finished = step.kind == BodyDecoder::Kind::End;
            result.trailers = shown(decoder.trailers());
            return result;
        }
        pending.erase(0, step.consumed);
        if (step.kind == BodyDecoder::Kind::Piece)
            continue;
        const size_t arrived = std::min(data.size(), random.number(1, random.chance(2) ? 4 : 300));
        if (arrived == 0)
            return result;
        pending += data.substr(0, arrived);
        data.remove_prefix(arrived);
    }
}

std::string chunked(Generator& random, std::string_view body, const FieldList* trailers) {
    std::string out;
    while (!body.empty()) {
        const size_t size = random.number(1, body.size());
        char line[chunkOverhead];
        out.append(line, writeChunkStart(line, size));
        out += body.substr(0, size);
        out += "\r\n";
        body.remove_prefix(size);
    }
    std::string last(lastChunkSize(trailers), '\0');
    writeLastChunk(last.data(), trailers);
    return out + last;
}

} // namespace

/// What the writer writes, the parser and the decoder read as it was meant, in whatever pieces it arrives.
class TestRoundtrip : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void requestHeads() {
        for (int round = 0; round < rounds; ++round) {
            Generator random(static_cast<uint64_t>(round));
            const std::string method = "X" + random.token(0, 12);
            const std::string target = random.target();
            Fields fields;
            addRandom(fields, random, 10);
            fields.add("Host", random.host());
            addRandom(fields, random, 10);
            const Framing framing = addFraming(fields, random);
            addRandom(fields, random, 3);

            std::string data(requestHeadSize(method, target, fields.list), '\0');
            writeRequestHead(data.data(), method, target, fields.list);
            const size_t size = data.size();
            data += random.bytes(20);

            RequestParser parser;
            RequestHead head;
            std::unique_ptr<char[]> memory;
            const ParseStatus status = parseInPieces(random, data, memory, [&](std::string_view arrived) {
                return parser.parse(arrived, HeadLimits(), head);
            });
            const std::string context =
                "round " + std::to_string(round) + ": " + std::string(nameOf(parser.error()));
            QVERIFY2(status == ParseStatus::Done, context.c_str());
            QCOMPARE(parser.headSize(), size);
            QCOMPARE(head.methodToken, std::string_view(method));
            QCOMPARE(head.target, std::string_view(target));
            QCOMPARE(shown(head.fields), shown(fields.list));
            QVERIFY2(head.framing == framing, context.c_str());
        }
    }

    void responseHeads() {
        for (int round = 0; round < rounds; ++round) {
            Generator random(static_cast<uint64_t>(round));
            const auto code = static_cast<uint16_t>(random.number(305, 599));
            const std::string reason = random.line(40);
            Fields fields;
            addRandom(fields, random, 10);
            Framing framing = addFraming(fields, random);
            if (framing.kind == BodyKind::None)
                framing.kind = BodyKind::UntilClose;
            addRandom(fields, random, 10);

            std::string data(responseHeadSize(reason, fields.list), '\0');
            writeResponseHead(data.data(), code, reason, fields.list);
            const size_t size = data.size();
            data += random.bytes(20);

            ResponseParser parser;
            ResponseHead head;
            std::unique_ptr<char[]> memory;
            const ParseStatus status = parseInPieces(random, data, memory, [&](std::string_view arrived) {
                return parser.parse(arrived, HeadLimits(), Method::Get, head);
            });
            const std::string context =
                "round " + std::to_string(round) + ": " + std::string(nameOf(parser.error()));
            QVERIFY2(status == ParseStatus::Done, context.c_str());
            QCOMPARE(parser.headSize(), size);
            QCOMPARE(head.status, code);
            QCOMPARE(head.reason, std::string_view(reason));
            QCOMPARE(shown(head.fields), shown(fields.list));
            QVERIFY2(head.framing == framing, context.c_str());
        }
    }

    void chunkedBodies() {
        for (int round = 0; round < rounds; ++round) {
            Generator random(static_cast<uint64_t>(round));
            const std::string body = random.bytes(random.chance(4) ? 5000 : 50);
            Fields trailers;
            addRandom(trailers, random, 5);
            const FieldList* const written = trailers.list.empty() ? nullptr : &trailers.list;
            const std::string encoded = chunked(random, body, written);

            const Decoded decoded = decodeInPieces(random, encoded + random.bytes(20), {BodyKind::Chunked, 0});
            const std::string context = "round " + std::to_string(round);
            QVERIFY2(decoded.finished, context.c_str());
            QVERIFY2(decoded.body == body, context.c_str());
            QCOMPARE(decoded.consumed, encoded.size());
            QCOMPARE(decoded.trailers, shown(trailers.list));
        }
    }

    void bodiesByLength() {
        for (int round = 0; round < rounds; ++round) {
            Generator random(static_cast<uint64_t>(round));
            const std::string body = random.bytes(random.chance(4) ? 5000 : 50);
            const Decoded decoded =
                decodeInPieces(random, body + random.bytes(20), {BodyKind::Length, body.size()});
            const std::string context = "round " + std::to_string(round);
            QVERIFY2(decoded.finished, context.c_str());
            QVERIFY2(decoded.body == body, context.c_str());
            QCOMPARE(decoded.consumed, body.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestRoundtrip)
#include "test_roundtrip.moc"
