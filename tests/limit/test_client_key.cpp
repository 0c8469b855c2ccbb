// SPDX-License-Identifier: MIT
#include "limit/client_key.h"

#include <QTest>

#include <set>

using namespace reverxy;
using namespace reverxy::limit;

namespace {

constexpr HashSeed seed{1, 2};

IpAddress address(const char* text) {
    return IpAddress::parse(text).value();
}

} // namespace

class TestClientKey : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void whoIsTheSameClient_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<int>("prefix");
        QTest::addColumn<bool>("same");
        const auto row = [](const char* what, const char* one, const char* other, int prefix, bool same) {
            QTest::newRow(what) << QByteArray(one) << QByteArray(other) << prefix << same;
        };
        row("the same address", "192.0.2.7", "192.0.2.7", 64, true);
        row("neighbours in IPv4", "192.0.2.7", "192.0.2.8", 64, false);
        row("IPv4 mapped into IPv6", "192.0.2.7", "::ffff:192.0.2.7", 64, true);
        row("one IPv6 network", "2001:db8::1", "2001:db8::ffff:1", 64, true);
        row("another IPv6 network", "2001:db8:0:1::1", "2001:db8:0:2::1", 64, false);
        row("the same within a wider one", "2001:db8:0:1::1", "2001:db8:0:2::1", 48, true);
        row("single addresses", "2001:db8::1", "2001:db8::2", 128, false);
        row("IPv4 is no network of IPv6", "0.0.0.1", "::1", 1, false);
    }

    void whoIsTheSameClient() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QFETCH(int, prefix);
        QFETCH(bool, same);
        const ClientKey first = keyOfAddress(address(one), static_cast<uint32_t>(prefix));
        const ClientKey second = keyOfAddress(address(other), static_cast<uint32_t>(prefix));
        QCOMPARE(first == second, same);
        QCOMPARE(hashOf(first, seed) == hashOf(second, seed), same);
    }

    void fieldValuesAreToldApartWithoutBeingKept() {
        const ClientKey key = keyOfField("secret", seed);
        QVERIFY(key == keyOfField("secret", seed));
        QVERIFY(!(key == keyOfField("secret ", seed)));
        QVERIFY(!(key == keyOfField("secret", {1, 3})));
        QVERIFY(key.kind == KeyKind::Field);
        QVERIFY(textOf(key).find("secret") == std::string::npos);
        const std::string tail(100'000, 'x');
        QVERIFY(!(keyOfField(tail + "a", seed) == keyOfField(tail + "b", seed)));
    }

    void linesAreKeptApart() {
        const auto lines = [](std::initializer_list<const char*> values) {
            ClientKey key = keyOfField(*values.begin(), seed);
            for (auto it = values.begin() + 1; it != values.end(); ++it)
                key = follow(key, *it, seed);
            return textOf(key);
        };
        const std::set<std::string> texts{lines({"ab"}), lines({"a", "b"}), lines({"b", "a"}), lines({"ab", ""}),
                                          lines({"", "ab"})};
        QCOMPARE(texts.size(), size_t(5));
    }

    void textsRoundTrip_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"192.0.2.7", "2001:db8::/64", "::1/128", "8000::/1", "unknown",
                                 "field:00112233445566778899aabbccddeeff"})
            QTest::newRow(text) << QByteArray(text);
    }

    void textsRoundTrip() {
        QFETCH(QByteArray, text);
        const auto key = parseClientKey(text.toStdString());
        QVERIFY(key.has_value());
        QCOMPARE(QByteArray::fromStdString(textOf(*key)), text);
    }

    void otherTextsAreNone_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text :
             {"", "x", "192.0.2.7/32", "2001:db8::1", "2001:db8::1/64", "2001:db8::/0", "2001:db8::/129",
              "2001:db8::/64x", "2001:db8::/", "field:", "field:0011", "field:00112233445566778899aabbccddeefg",
              "field:00112233445566778899aabbccddeeff0", "unknown ", "::ffff:1.2.3.4/128"})
            QTest::newRow(text) << QByteArray(text);
    }

    void otherTextsAreNone() {
        QFETCH(QByteArray, text);
        QVERIFY(!parseClientKey(text.toStdString()).has_value());
    }

    void theUnknownAreOne() { QVERIFY(keyOfAddress(IpAddress(), 64) == ClientKey()); }

    void everyKindHasItsSentence() {
        std::set<std::string_view> sentences;
        for (const KeyKind kind : {KeyKind::None, KeyKind::Address, KeyKind::Network, KeyKind::Field}) {
            QVERIFY(sentenceOf(kind).ends_with('.'));
            QVERIFY(sentences.insert(sentenceOf(kind)).second);
            QVERIFY(sentences.insert(nameOf(kind)).second);
        }
    }
};

QTEST_APPLESS_MAIN(TestClientKey)
#include "test_client_key.moc"
