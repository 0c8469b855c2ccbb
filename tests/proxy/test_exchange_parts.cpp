// SPDX-License-Identifier: MIT
#include "proxy/crowd_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using namespace std::string_literals;

namespace {

const std::string digits = "0123456789";
const std::string tooLarge(64 * 1024, 'x');
const std::string ofTenBytes = "Content-Range: bytes 5-9/10\r\n";
const std::string ofMany = "Content-Range: bytes 5-9/65536\r\n";
const std::string soonStale = "Cache-Control: max-age=10, stale-while-revalidate=3600\r\n";

std::string head(int status, const std::string& fields, std::optional<size_t> length = {}) {
    const std::string framing = status == 304 ? ""
                                : length      ? "Content-Length: " + std::to_string(*length) + "\r\n"
                                              : "Transfer-Encoding: chunked\r\n";
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + framing + fields + "\r\n";
}

config::Config smallEntries() {
    config::Config config = cachingConfigOf("a");
    config.cache.maxEntrySize = 16 * 1024;
    return config;
}

/// A part of ten bytes is stored, and stale for a while.
struct StoredPart : CrowdScene {
    explicit StoredPart(const std::string& fields = ofMany + "ETag: \"a\"\r\n") : CrowdScene(smallEntries()) {
        answer(ask("Range: bytes=5-9\r\n"), head(206, soonStale + fields, 5), "56789");
        pass(20s);
    }

    /// What the connection would begin for one who was answered with the stale part.
    Person& validate() {
        Person& asked = ask("Range: bytes=6-7\r\n");
        if (asked.got().body != "67" || asked.port.validations != 1)
            qFatal("the stale part is not what the client gets");
        return askAlone("Range: bytes=5-9\r\n");
    }

    std::string sent(const Person& person, std::string_view name) const {
        return person.port.requests.back().fields.value(name);
    }

    /// What a client who wants some of the part is answered with; "" where a backend is asked.
    std::string found(std::string_view range = "bytes=5-9") {
        Person& person = ask("Range: " + std::string(range) + "\r\n");
        return person.asked() ? "" : person.got().body;
    }
};

} // namespace

/// Stored parts of a representation, as they are validated (RFC 9111 sections 3.4 and 4.3, RFC 5861 section 3).
class TestExchangeParts : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void theSamePartIsAskedFor() {
        StoredPart story;
        auto& validation = story.validate();
        QCOMPARE(story.sent(validation, "Range"), "bytes=5-9"s);
        QCOMPARE(story.sent(validation, "If-None-Match"), "\"a\""s);
        story.respond(validation, head(304, soonStale + "ETag: \"a\"\r\n"));
        story.end(validation);
        QCOMPARE(story.found(), "56789"s);
        QCOMPARE(story.people.back().port.validations, 0);
    }

    void anotherVersionTakesItsPlace() {
        StoredPart story;
        auto& validation = story.validate();
        story.answer(validation, head(206, soonStale + ofMany + "ETag: \"b\"\r\n", 5), "FGHIJ");
        QCOMPARE(story.found(), "FGHIJ"s);
        QCOMPARE(story.people.back().port.validations, 0);
    }

    void withoutAValidatorItIsFetchedAnew() {
        StoredPart story(ofMany);
        auto& validation = story.validate();
        QCOMPARE(story.sent(validation, "If-None-Match"), "-"s);
        QCOMPARE(story.sent(validation, "Range"), "bytes=5-9"s);
        story.answer(validation, head(206, soonStale + ofMany, 5), "FGHIJ");
        QCOMPARE(story.found(), "FGHIJ"s);
    }

    void nobodyValidatesBesideAnother_data() {
        QTest::addColumn<bool>("withinBody");
        QTest::newRow("while it waits") << false;
        QTest::newRow("while the body comes") << true;
    }

    void nobodyValidatesBesideAnother() {
        QFETCH(bool, withinBody);
        StoredPart story;
        auto& validation = story.validate();
        if (withinBody)
            story.respond(validation, head(206, soonStale + ofMany + "ETag: \"b\"\r\n", 5));
        auto& meanwhile = story.ask("Range: bytes=6-7\r\n");
        QCOMPARE(meanwhile.got().body, "67"s);
        QCOMPARE(meanwhile.port.validations, 0);
        auto& second = story.askAlone("Range: bytes=5-9\r\n"); // begun by somebody who did not see the first
        QVERIFY(!second.asked());
        QVERIFY(second.exchange.responseOver());
    }

    void whoWantsTheWholeDoesNotWaitForAPart() {
        StoredPart story;
        auto& validation = story.validate();
        auto& whole = story.ask();
        QVERIFY(whole.asked());
        story.respond(validation, head(304, soonStale + "ETag: \"a\"\r\n"));
        story.end(validation);
        QCOMPARE(story.found(), "56789"s);
    }

    void aPartThatHasLeftIsNotValidated() {
        StoredPart story;
        story.shared.cache().purge(cache::KeyScope::everything());
        auto& validation = story.askAlone("Range: bytes=5-9\r\n");
        QVERIFY(!validation.asked());
        QVERIFY(validation.exchange.responseOver());
        QVERIFY(validation.exchange.madeNoRequest());
    }

    void theWholeOfTheSameVersionThatCannotBeStored_data() {
        QTest::addColumn<bool>("background");
        QTest::addColumn<bool>("lengthKnown");
        for (const bool background : {true, false}) {
            for (const bool known : {true, false})
                QTest::addRow("%s, length %s", background ? "validation" : "a client's",
                              known ? "known" : "unknown")
                    << background << known;
        }
    }

    /// RFC 9110 section 15.3.7.3: the part stays, and has the fields that came.
    void theWholeOfTheSameVersionThatCannotBeStored() {
        QFETCH(bool, background);
        QFETCH(bool, lengthKnown);
        StoredPart story;
        auto& asker = background ? story.validate() : story.ask();
        story.respond(asker, head(200, soonStale + "ETag: \"a\"\r\nX-A: 2\r\n",
                                  lengthKnown ? std::optional(tooLarge.size()) : std::nullopt));
        if (!asker.exchange.responseOver()) {
            story.body(asker, tooLarge);
            if (!asker.exchange.responseOver())
                story.end(asker);
        }
        QCOMPARE(story.found(), "56789"s);
        const auto& last = story.people.back();
        QCOMPARE(last.port.validations, 0); // it is fresh again
        QCOMPARE(last.got().fields.value("X-A"), "2"s);
    }

    /// The same section: of a 200 and parts of its version the fields of the 200 count, and no others.
    void thePartHasNoFieldsButThoseOfTheWhole() {
        StoredPart story(ofMany + "ETag: \"a\"\r\nX-Old: 1\r\nCDN-Cache-Control: max-age=600\r\n");
        story.answer(story.ask("Cache-Control: no-cache\r\n"),
                     head(200, soonStale + "ETag: \"a\"\r\nContent-Range: bytes 0-9/10\r\n", tooLarge.size()),
                     tooLarge);
        QCOMPARE(story.found(), "56789"s);
        const SentResponse& got = story.people.back().got();
        QCOMPARE(got.fields.value("X-Old"), "-"s);
        QCOMPARE(got.fields.value("Content-Range"), "bytes 5-9/65536"s);
        story.pass(20s);
        story.found();
        QCOMPARE(story.people.back().port.validations, 1); // by the lifetime of the 200
    }

    void whatOneClientsWholeSaysIsItsOwn_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("policy");
        QTest::newRow("Cookie") << QByteArray("Cookie: a=b\r\n") << QByteArray();
        QTest::newRow("Authorization") << QByteArray("Authorization: Basic x\r\n") << QByteArray("public, ");
        QTest::newRow("no-store") << QByteArray("Cache-Control: no-store\r\n") << QByteArray();
    }

    /// RFC 9111 sections 3 and 3.5: the whole is judged by what it says, not by what is stored; and that one
    /// client's is not for others says nothing of the part.
    void whatOneClientsWholeSaysIsItsOwn() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, policy);
        StoredPart story(ofTenBytes + "ETag: \"a\"\r\n");
        story.answer(story.ask("Range: bytes=0-9\r\nCache-Control: no-cache\r\n"),
                     head(206,
                          "Cache-Control: " + policy.toStdString() +
                              "max-age=10, stale-while-revalidate=3600\r\n"
                              "Content-Range: bytes 0-5/10\r\nETag: \"z\"\r\n",
                          6),
                     "012345");
        auto& asker = story.ask(request.toStdString());
        QVERIFY(asker.asked());
        story.answer(asker, head(200, "ETag: \"z\"\r\nSet-Cookie: session=bob\r\nX-User: bob\r\n", 10), digits);
        QCOMPARE(story.found("bytes=0-3"), "0123"s);
        const SentResponse& got = story.people.back().got();
        QCOMPARE(got.fields.value("X-User"), "-"s);
        QCOMPARE(got.fields.value("Set-Cookie"), "-"s);
    }

    /// RFC 9213 section 2.2: the field that counts is one of the response itself.
    void noPolicyOfThePartsSpeaksForTheWhole() {
        StoredPart story(ofTenBytes + "ETag: \"a\"\r\nCDN-Cache-Control: max-age=100\r\n");
        auto& asker = story.ask();
        QVERIFY(asker.asked());
        story.answer(
            asker, head(200, "Cache-Control: private, no-store\r\nETag: \"a\"\r\nSet-Cookie: session=bob\r\n", 10),
            digits);
        QCOMPARE(story.found(), ""s);
    }

    /// What came says of no time for which it is fresh, and the part's own has passed.
    void noLifetimeOfThePartsIsExtended() {
        StoredPart story(ofTenBytes + "ETag: \"a\"\r\n");
        story.answer(story.ask(), head(200, "ETag: \"a\"\r\n", 10), digits);
        QCOMPARE(story.found(), ""s);
    }

    void theWholeOfAnotherVersionThatCannotBeStored_data() {
        QTest::addColumn<QByteArray>("stored");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<bool>("lengthKnown");
        const QByteArray many = QByteArray::fromStdString(ofMany);
        for (const bool known : {true, false}) {
            const char* const length = known ? "known" : "unknown";
            QTest::addRow("tag, length %s", length) << many + "ETag: \"a\"\r\n"
                                                    << QByteArray("ETag: \"b\"\r\n") << known;
            QTest::addRow("weak tag, length %s", length) << many + "ETag: W/\"a\"\r\n"
                                                         << QByteArray("ETag: W/\"a\"\r\n") << known;
            QTest::addRow("none, length %s", length) << many << QByteArray() << known;
        }
        QTest::addRow("another length") << QByteArray::fromStdString(ofTenBytes) + "ETag: \"a\"\r\n"
                                        << QByteArray("ETag: \"a\"\r\n") << true;
    }

    /// RFC 9111 section 4.3.3: what came counts.
    void theWholeOfAnotherVersionThatCannotBeStored() {
        QFETCH(QByteArray, stored);
        QFETCH(QByteArray, fields);
        QFETCH(bool, lengthKnown);
        StoredPart story(stored.toStdString());
        auto& asker = story.ask();
        story.answer(asker,
                     head(200, soonStale + fields.toStdString(),
                          lengthKnown ? std::optional(tooLarge.size()) : std::nullopt),
                     tooLarge);
        QCOMPARE(story.found(), ""s);
    }

    void theWholeThatMayNotBeStoredTakesThePartAway() {
        StoredPart story;
        story.answer(story.ask(), head(200, "Cache-Control: no-store\r\nETag: \"a\"\r\n", tooLarge.size()),
                     tooLarge);
        QCOMPARE(story.found(), ""s);
    }

    void theWholeOfTheSameVersionTakesItsPlace() {
        StoredPart story(ofTenBytes + "ETag: \"a\"\r\n");
        story.answer(story.ask(), head(200, soonStale + "ETag: \"a\"\r\n", 10), digits);
        QCOMPARE(story.found("bytes=0-3"), "0123"s);
        QCOMPARE(story.shared.cache().totals().entries, uint64_t(1));
    }

    /// The body broke off: RFC 9111 section 3.4 keeps what is there of the version.
    void ofTheWholeThatBreaksOffThePartStays() {
        StoredPart story(ofTenBytes + "ETag: \"a\"\r\n");
        auto& asker = story.ask();
        story.respond(asker, head(200, soonStale + "ETag: \"a\"\r\n", 10));
        asker.exchange.upstreamLost(Failure::ResponseIncomplete, {}, true, story.now);
        story.settle();
        QCOMPARE(story.found(), "56789"s);
        QCOMPARE(story.people.back().port.validations, 0);
    }

    /// The next who asks for it waits, and learns what the backend says.
    void whereThePartDoesNotExistAnyMore() {
        StoredPart story;
        auto& validation = story.validate();
        story.respond(validation, head(416, "Content-Range: bytes */3\r\n", 0));
        QVERIFY(validation.exchange.responseOver());
        QVERIFY(story.ask("Range: bytes=5-9\r\n").asked());
    }
};

QTEST_APPLESS_MAIN(TestExchangeParts)
#include "test_exchange_parts.moc"
