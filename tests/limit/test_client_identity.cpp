// SPDX-License-Identifier: MIT
#include "limit/client_identity.h"

#include <QTest>

#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::limit;

namespace {

IpAddress address(std::string_view text) {
    return IpAddress::parse(text).value();
}

std::vector<CidrBlock> blocks(const QList<QByteArray>& texts) {
    std::vector<CidrBlock> result;
    for (const QByteArray& text : texts)
        result.push_back(CidrBlock::parse(text.toStdString()).value());
    return result;
}

/// A forwarding field as its reader gives it: nodes as written, left to right; one that is no address is not valid.
class WrittenHops : public HopSource {
  public:
    explicit WrittenHops(const QList<QByteArray>& nodes) : m_nodes(nodes) {}

    Hop next() override {
        ++asked;
        if (m_nodes.isEmpty())
            return {};
        const std::optional<IpAddress> node = IpAddress::parse(m_nodes.takeLast().toStdString());
        return {true, node.has_value(), node.value_or(IpAddress())};
    }

    int asked = 0;

  private:
    QList<QByteArray> m_nodes;
};

/// A field without end.
class EndlessHops : public HopSource {
  public:
    Hop next() override { return {++given <= 100000, true, address("10.0.0.1")}; }

    int given = 0;
};

} // namespace

class TestClientIdentity : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void walk_data() {
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<QList<QByteArray>>("trusted");
        QTest::addColumn<QList<QByteArray>>("nodes");
        QTest::addColumn<QByteArray>("client");
        QTest::addColumn<int>("source");
        QTest::addColumn<int>("hops");
        using List = QList<QByteArray>;
        const auto row = [](const char* name, const char* peer, const List& trusted, const List& nodes,
                            const char* client, IdentitySource source, int hops) {
            QTest::newRow(name) << QByteArray(peer) << trusted << nodes << QByteArray(client)
                                << static_cast<int>(source) << hops;
        };
        const List nobody;
        const List local{"127.0.0.0/8", "::1"};
        const List nets{"10.0.0.0/8", "fd00::/8"};
        using enum IdentitySource;
        row("nobody is trusted", "192.0.2.1", nobody, {"198.51.100.7"}, "192.0.2.1", Peer, 0);
        row("spoofing by a stranger", "192.0.2.1", local, {"127.0.0.1"}, "192.0.2.1", Peer, 0);
        row("trusted, without a field", "127.0.0.1", local, {}, "127.0.0.1", Peer, 0);
        row("one proxy", "127.0.0.1", local, {"198.51.100.7"}, "198.51.100.7", XForwardedFor, 1);
        row("one proxy over IPv6", "::1", local, {"2001:db8::7"}, "2001:db8::7", XForwardedFor, 1);
        row("two proxies", "10.0.0.1", nets, {"198.51.100.7", "10.0.0.2"}, "198.51.100.7", XForwardedFor, 2);
        row("spoofing through a proxy", "10.0.0.1", nets, {"1.1.1.1", "198.51.100.7"}, "198.51.100.7",
            XForwardedFor, 1);
        row("spoofing with a trusted address", "10.0.0.1", nets, {"10.9.9.9", "198.51.100.7", "10.0.0.2"},
            "198.51.100.7", XForwardedFor, 2);
        row("all trusted", "10.0.0.1", nets, {"10.0.0.4", "10.0.0.3", "10.0.0.2"}, "10.0.0.4", AllTrusted, 3);
        row("all trusted, one hop", "10.0.0.1", nets, {"fd00::2"}, "fd00::2", AllTrusted, 1);
        row("malformed at once", "10.0.0.1", nets, {"198.51.100.7", "unknown"}, "10.0.0.1", Malformed, 1);
        row("malformed behind a proxy", "10.0.0.1", nets, {"198.51.100.7", "_hidden", "10.0.0.2"}, "10.0.0.2",
            Malformed, 2);
        row("malformed beyond the client", "10.0.0.1", nets, {"junk", "198.51.100.7"}, "198.51.100.7",
            XForwardedFor, 1);
        row("mapped peer", "::ffff:10.0.0.1", nets, {"198.51.100.7"}, "198.51.100.7", XForwardedFor, 1);
        row("mapped hop", "10.0.0.1", nets, {"198.51.100.7", "::ffff:10.0.0.2"}, "198.51.100.7", XForwardedFor, 2);
        row("mapped client", "10.0.0.1", nets, {"::ffff:198.51.100.7"}, "198.51.100.7", XForwardedFor, 1);
        row("everybody is trusted", "192.0.2.1", {"0.0.0.0/0", "::/0"}, {"198.51.100.7", "203.0.113.9"},
            "198.51.100.7", AllTrusted, 2);
    }

    void walk() {
        QFETCH(QByteArray, peer);
        QFETCH(QList<QByteArray>, trusted);
        QFETCH(QList<QByteArray>, nodes);
        QFETCH(QByteArray, client);
        QFETCH(int, source);
        QFETCH(int, hops);
        WrittenHops field(nodes);
        const IpAddress peerAddress = address(peer.toStdString());
        const std::vector<CidrBlock> proxies = blocks(trusted);
        const ClientIdentity identity = identifyClient(peerAddress, proxies, field, IdentitySource::XForwardedFor);
        QCOMPARE(identity.address, address(client.toStdString()));
        QCOMPARE(static_cast<int>(identity.source), source);
        QCOMPARE(int(identity.hops), hops);
        QCOMPARE(identity.peerTrusted, isTrusted(peerAddress, proxies));
    }

    void theWalkIsTold() {
        WrittenHops field({"198.51.100.7", "10.0.0.6", "10.0.0.5", "10.0.0.4", "10.0.0.3", "10.0.0.2"});
        const ClientIdentity identity =
            identifyClient(address("10.0.0.1"), blocks({"10.0.0.0/8"}), field, IdentitySource::XForwardedFor);
        QCOMPARE(int(identity.hops), 6);
        QVERIFY((identity.walked ==
                 std::array<IpAddress, ClientIdentity::maxWalked>{address("10.0.0.2"), address("10.0.0.3"),
                                                                  address("10.0.0.4"), address("10.0.0.5")}));
        QVERIFY(identity.established());
    }

    void whatCouldNotBeMadeSenseOfEstablishesNothing() {
        WrittenHops field({"198.51.100.7", "unknown", "10.0.0.2"});
        const ClientIdentity identity =
            identifyClient(address("10.0.0.1"), blocks({"10.0.0.0/8"}), field, IdentitySource::XForwardedFor);
        QVERIFY(!identity.established());
    }

    void aStrangersFieldIsNotEvenRead() {
        WrittenHops field({"127.0.0.1"});
        identifyClient(address("192.0.2.1"), blocks({"127.0.0.1"}), field, IdentitySource::Forwarded);
        QCOMPARE(field.asked, 0);
    }

    void theFieldIsTold() {
        WrittenHops field({"198.51.100.7"});
        const ClientIdentity identity =
            identifyClient(address("127.0.0.1"), blocks({"127.0.0.1"}), field, IdentitySource::Forwarded);
        QVERIFY(identity.source == IdentitySource::Forwarded);
    }

    void theCountOfHopsStopsAtItsBound() {
        EndlessHops field;
        const ClientIdentity identity =
            identifyClient(address("10.0.0.1"), blocks({"10.0.0.0/8"}), field, IdentitySource::XForwardedFor);
        QCOMPARE(int(identity.hops), 255);
        QVERIFY(identity.source == IdentitySource::AllTrusted);
    }

    void everySourceHasItsSentence() {
        std::set<std::string_view> sentences;
        for (const IdentitySource source :
             {IdentitySource::Peer, IdentitySource::XForwardedFor, IdentitySource::Forwarded,
              IdentitySource::AllTrusted, IdentitySource::Malformed, IdentitySource::Contradiction}) {
            const std::string_view sentence = sentenceOf(source);
            QVERIFY(sentence.ends_with('.'));
            QVERIFY(sentences.insert(sentence).second);
        }
    }
};

QTEST_APPLESS_MAIN(TestClientIdentity)
#include "test_client_identity.moc"
