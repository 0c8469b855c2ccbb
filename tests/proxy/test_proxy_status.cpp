// SPDX-License-Identifier: MIT
#include "proxy/proxy_status.h"
#include "proxy/structured_field.h"

#include <QTest>

#include <map>
#include <random>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

using Type = BareItem::Type;

observe::Decision failed(Failure failure, std::string_view details = {}) {
    observe::Decision decision{};
    decision.failure = failure;
    decision.details.assign(details);
    return decision;
}

std::string valueOf(const observe::Decision& decision, std::string_view backend) {
    TextArena arena;
    return std::string(proxyStatusValue(arena, decision, backend));
}

BareItem parameter(const std::string& value, const std::string& key) {
    const std::optional<Item> item = ItemReader(value).read();
    return item && item->parameters.contains(key) ? item->parameters.at(key) : BareItem{};
}

} // namespace

class TestProxyStatus : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void saysWhatWentWrongAndWhere() {
        observe::Decision decision = failed(Failure::ConnectRefused, "ECONNREFUSED");
        decision.beginAttempt();
        QCOMPARE(
            valueOf(decision, "backend-1"),
            std::string("reverxy; error=connection_refused; next-hop=\"backend-1\"; details=\"ECONNREFUSED\""));
    }

    /// RFC 9209 section 2.1.4: an integer, where the next hop sent a status at all.
    void tellsTheStatusThatWasReceived() {
        observe::Decision decision = failed(Failure::ResponseBodyMalformed, "bad chunk size");
        decision.beginAttempt().status = 200;
        QCOMPARE(valueOf(decision, "b"),
                 std::string("reverxy; error=http_response_transfer_coding; next-hop=\"b\"; "
                             "received-status=200; details=\"bad chunk size\""));
        QVERIFY((parameter(valueOf(decision, "b"), "received-status") == BareItem{Type::Integer, "200"}));
        decision.beginAttempt(); // the last attempt is the one that counts
        QVERIFY(valueOf(decision, "b").find("received-status") == std::string::npos);
    }

    void hasNoNextHopWhereNoneWasChosen() {
        QCOMPARE(valueOf(failed(Failure::QueueFull, "x"), ""),
                 std::string("reverxy; error=connection_limit_reached; details=\"x\""));
    }

    void theSentenceStandsInForMissingDetails() {
        QCOMPARE(parameter(valueOf(failed(Failure::UnexpectedUpgrade), "b"), "details").text,
                 std::string(infoOf(Failure::UnexpectedUpgrade).sentence));
    }

    void isEmptyWhereThereIsNothingToTell() {
        QCOMPARE(valueOf(failed(Failure::None), "b"), std::string());
        QCOMPARE(valueOf(failed(Failure::ClientGone), "b"), std::string());
    }

    /// RFC 9651: whatever failed, the value is one item; the error is a token.
    void everyFailureIsAValidItem() {
        int values = 0;
        for (int i = 0; i <= static_cast<int>(Failure::UnexpectedUpgrade); ++i) {
            const auto failure = static_cast<Failure>(i);
            const std::string value = valueOf(failed(failure), "b");
            if (value.empty())
                continue;
            ++values;
            const std::optional<Item> item = ItemReader(value).read();
            QVERIFY2(item.has_value(), value.c_str());
            QVERIFY((item->value == BareItem{Type::Token, "reverxy"}));
            QVERIFY((item->parameters.at("error") ==
                     BareItem{Type::Token, std::string(infoOf(failure).proxyStatusError)}));
        }
        QVERIFY(values > 20);
    }

    void otherBytesAreLeftOut_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("read");
        QTest::newRow("quotes") << QByteArray("a \"b\"") << QByteArray("a \"b\"");
        QTest::newRow("backslash") << QByteArray("a\\") << QByteArray("a\\");
        QTest::newRow("a further field") << QByteArray("x\r\nSet-Cookie: a=b") << QByteArray("xSet-Cookie: a=b");
        QTest::newRow("tab and NUL") << QByteArray("a\t\0b", 4) << QByteArray("ab");
        QTest::newRow("UTF-8") << QByteArray("caf\xc3\xa9") << QByteArray("caf");
        QTest::newRow("DEL") << QByteArray("a\x7f") << QByteArray("a");
        QTest::newRow("a further parameter") << QByteArray("x\"; error=none") << QByteArray("x\"; error=none");
    }

    void otherBytesAreLeftOut() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, read);
        const std::string value =
            valueOf(failed(Failure::ResponseMalformed, text.toStdString()), text.toStdString());
        QCOMPARE(QByteArray::fromStdString(parameter(value, "details").text), read);
        QCOMPARE(QByteArray::fromStdString(parameter(value, "next-hop").text), read);
        QCOMPARE(parameter(value, "error").text, std::string("http_protocol_error"));
    }

    void anyBytesMakeAValidItem() {
        std::mt19937 random(12);
        for (int i = 0; i < 20000; ++i) {
            std::string text(1 + random() % 90, ' ');
            for (char& c : text)
                c = random() % 4 == 0 ? '"' : static_cast<char>(random());
            const std::string value = valueOf(failed(Failure::ResponseMalformed, text), text);
            QVERIFY2(ItemReader(value).read().has_value(), value.c_str());
        }
    }

    void longTextIsCutWithinItsQuotes() {
        const std::map<std::string, size_t> kept{{"x", 256}, {"\"", 128}, {"x\"", 171}, {"\\", 128}};
        for (const char* unit : {"x", "\"", "x\"", "\\"}) {
            std::string name;
            while (name.size() < 5000)
                name += unit;
            const std::string value = valueOf(failed(Failure::ResponseMalformed, name), name);
            QVERIFY(ItemReader(value).read().has_value());
            QVERIFY(value.size() < 1000);
            QCOMPARE(parameter(value, "next-hop").text.size(), kept.at(unit));
        }
    }
};

QTEST_APPLESS_MAIN(TestProxyStatus)
#include "test_proxy_status.moc"
