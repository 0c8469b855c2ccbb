// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "http/head_writer.h"
#include "proxy/forward.h"

#include <QTest>

#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

/// The values of all lines of that name, in order, joined by " | "; "-" when there is none.
QString valueOf(const http::FieldList& fields, std::string_view name) {
    std::string all;
    bool any = false;
    for (const http::Field& field : fields) {
        if (field.name == name) {
            all += (any ? " | " : "") + std::string(field.value);
            any = true;
        }
    }
    return QString::fromStdString(any ? all : "-");
}

/// A request's fields after composition. Keeps everything that they view.
struct Forwarded {
    explicit Forwarded(const QString& fieldLines, ForwardFacts facts = {}, const char* line = "GET / HTTP/1.1")
        : text(line + std::string("\r\n") + fieldLines.toStdString() + "\r\n") {
        http::RequestParser parser;
        if (parser.parse(text, {}, head) != http::ParseStatus::Done)
            qFatal("the test's request is malformed: %s", text.c_str());
        if (facts.peer.isNone())
            facts.peer = IpAddress::v4({192, 0, 2, 7});
        if (facts.backendAuthority.empty())
            facts.backendAuthority = "backend:9001";
        composeRequestFields(head, facts, arena, fields);
    }

    QString value(std::string_view name) const { return valueOf(fields, name); }

    std::string text;
    http::RequestHead head;
    TextArena arena;
    http::FieldList fields;
};

struct Returned {
    explicit Returned(const QString& message, bool keepLength = false, http::Method method = http::Method::Get)
        : text(message.toStdString() + "\r\n") {
        http::ResponseParser parser;
        if (parser.parse(text, {}, method, head) != http::ParseStatus::Done)
            qFatal("the test's response is malformed: %s", text.c_str());
        composeResponseFields(head, keepLength, "Sun, 06 Nov 1994 08:49:37 GMT", arena, fields);
    }

    QString value(std::string_view name) const { return valueOf(fields, name); }

    std::string text;
    http::ResponseHead head;
    TextArena arena;
    http::FieldList fields;
};

ForwardFacts from(IpAddress peer, bool trusted) {
    ForwardFacts facts;
    facts.peer = peer;
    facts.peerTrusted = trusted;
    return facts;
}

/// A message's head as far as it is made of these.
std::string written(const http::FieldList& fields, std::string_view lines = {}) {
    std::string message(http::requestHeadSize("GET", "/", fields, lines), '\0');
    const char* const end = http::writeRequestHead(message.data(), "GET", "/", fields, lines);
    message.resize(static_cast<size_t>(end - message.data()));
    return message;
}

const IpAddress v4 = IpAddress::v4({192, 0, 2, 7});
const IpAddress v6 = *IpAddress::parse("2001:db8::7");

} // namespace

/// A gateway's duties towards fields (RFC 9110 section 7.6, RFC 9112 section 3.2, RFC 7239).
class TestForward : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void keptLinesAreThoseThatWouldBeComposed_data() {
        QTest::addColumn<QString>("before"); // whose lines are kept
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("v6");
        QTest::addColumn<bool>("used");
        const auto row = [](const char* what, QString before, QString lines, bool trusted, bool used,
                            const char* line = "GET / HTTP/1.1", bool v6Peer = false) {
            QTest::newRow(what) << before << lines << line << trusted << v6Peer << used;
        };
        const QString host = QStringLiteral("Host: shop.example\r\n");
        const QString long_ = QLatin1String("Host: ") + QString(300, QLatin1Char('a')) + QLatin1String("\r\n");
        row("the same again", host, host, false, true);
        row("the same of a trusted peer", host, host, true, true);
        row("other fields", host, host + QLatin1String("Accept: a\r\nVia: 1.1 b\r\n"), false, true);
        row("another host", host, QStringLiteral("Host: shop.example:80\r\n"), false, false);
        row("another version", host, host, false, false, "GET / HTTP/1.0");
        row("another peer", host, host, false, false, "GET / HTTP/1.1", true);
        row("what a stranger claims", host, host + QLatin1String("X-Forwarded-For: 9.9.9.9\r\n"), false, true);
        for (const char* name : {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"})
            row(name, host, host + QLatin1String(name) + QLatin1String(": 9.9.9.9\r\n"), true, false);
        row("after what was continued", host + QLatin1String("X-Forwarded-For: 9.9.9.9\r\n"), host, true, false);
        row("too long to be kept", long_, long_, false, false);
    }

    void keptLinesAreThoseThatWouldBeComposed() {
        QFETCH(QString, before);
        QFETCH(QString, lines);
        QFETCH(QString, line);
        QFETCH(bool, trusted);
        QFETCH(bool, v6);
        QFETCH(bool, used);
        const ForwardFacts facts = from(v6 ? ::v6 : v4, trusted);
        ForwardingLines kept;
        Forwarded first(before, from(v4, trusted));
        http::FieldList fields;
        QCOMPARE(composeRequestFields(first.head, from(v4, trusted), first.arena, fields, &kept),
                 std::string_view());
        QCOMPARE(written(fields), written(first.fields));
        const std::string requestLine = line.toStdString();
        Forwarded second(lines, facts, requestLine.c_str());
        fields.clear();
        const std::string_view rest = composeRequestFields(second.head, facts, second.arena, fields, &kept);
        QCOMPARE(!rest.empty(), used);
        QCOMPARE(written(fields, rest), written(second.fields));
    }

    // RFC 9110 section 7.6.1.

    void connectionFieldsStayBehind_data() {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("stays");
        const auto row = [](const char* what, const char* lines, const char* name, bool stays) {
            QTest::newRow(what) << lines << name << stays;
        };
        row("Connection itself", "Connection: keep-alive\r\n", "Connection", true);
        row("Proxy-Connection", "Proxy-Connection: keep-alive\r\n", "Proxy-Connection", true);
        row("Keep-Alive", "Keep-Alive: timeout=5\r\n", "Keep-Alive", true);
        row("TE", "TE: trailers\r\n", "TE", true);
        row("Upgrade", "Connection: upgrade\r\nUpgrade: websocket\r\n", "Upgrade", true);
        row("Transfer-Encoding, written anew", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding", true);
        row("HTTP2-Settings (RFC 9113 section 3.1)", "HTTP2-Settings: x\r\n", "HTTP2-Settings", true);
        row("one named by Connection", "Connection: X-Hop\r\nX-Hop: 1\r\n", "X-Hop", true);
        row("one named in other letters", "Connection: x-hop\r\nX-HOP: 1\r\n", "X-HOP", true);
        row("one named among others", "Connection: close, a ,X-Hop, b\r\nX-Hop: 1\r\n", "X-Hop", true);
        row("one named in a second line", "Connection: close\r\nConnection: X-Hop\r\nX-Hop: 1\r\n", "X-Hop", true);
        row("one named after it came", "X-Hop: 1\r\nConnection: X-Hop\r\n", "X-Hop", true);
        row("all its lines", "X-Hop: 1\r\nConnection: X-Hop\r\nX-Hop: 2\r\n", "X-Hop", true);
        row("one that only begins so", "Connection: X-Hop\r\nX-Hopper: 1\r\n", "X-Hopper", false);
        row("one that is not named", "Connection: X-Hop\r\nX-Other: 1\r\n", "X-Other", false);
        row("a known field that is named", "Connection: Cookie\r\nCookie: a=b\r\n", "Cookie", true);
    }

    void connectionFieldsStayBehind() {
        QFETCH(QString, lines);
        QFETCH(QString, name);
        QFETCH(bool, stays);
        const Forwarded request(QLatin1String("Host: x\r\n") + lines, {}, "POST / HTTP/1.1");
        QCOMPARE(request.value(name.toStdString()) == QLatin1String("-"), stays);
        // The same holds for responses, in which no field is written anew.
        const Returned response(QLatin1String("HTTP/1.1 200 OK\r\n") + lines);
        QCOMPARE(response.value(name.toStdString()) == QLatin1String("-"), stays);
    }

    void whatWouldStandInForThisHopsFieldsIsLeftOut_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char* name, bool passes) { QTest::newRow(name) << name << passes; };
        row("X_Forwarded_For", false);
        row("x_forwarded-for", false);
        row("X-Forwarded_Proto", false);
        row("X_FORWARDED_HOST", false);
        row("Content_Length", false);
        row("Transfer_Encoding", false);
        row("Proxy_Authorization", false);
        row("X_Forwarded_For_", true);
        row("X__Forwarded_For", true);
        row("User_Agent", true);
        row("api_key", true);
        row("a_name_that_is_longer_than_any_that_is_known", true);
    }

    void whatWouldStandInForThisHopsFieldsIsLeftOut() {
        QFETCH(QString, name);
        QFETCH(bool, passes);
        const Forwarded request(QLatin1String("Host: x\r\n") + name + QLatin1String(": 1\r\n"));
        QCOMPARE(request.value(name.toStdString()), passes ? QStringLiteral("1") : QStringLiteral("-"));
    }

    /// What a hop writes itself cannot be taken away by naming it.
    void ownFieldsCannotBeNamedAway() {
        const Forwarded request(QStringLiteral(
            "Host: x\r\nConnection: Host, Via, X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, Forwarded\r\n"
            "X-Forwarded-For: 9.9.9.9\r\nVia: 1.1 first\r\n"));
        QCOMPARE(request.value("Host"), QStringLiteral("x"));
        QCOMPARE(request.value("Via"), QStringLiteral("1.1 reverxy"));
        QCOMPARE(request.value("X-Forwarded-For"), QStringLiteral("192.0.2.7"));
        QCOMPARE(request.value("X-Forwarded-Host"), QStringLiteral("x"));
        QCOMPARE(request.value("X-Forwarded-Proto"), QStringLiteral("http"));
        QCOMPARE(request.value("Forwarded"), QStringLiteral("for=192.0.2.7;host=\"x\";proto=http"));
    }

    void allElsePassesInItsOrder() {
        const Forwarded request(QStringLiteral("Accept: a\r\nHost: x\r\nX-Odd: \xe9\t.\r\nAccept: b\r\n"
                                               "Cookie: c=d\r\nAuthorization: Basic e\r\nTrailer: X-Sum\r\n"
                                               "X-Empty:\r\n"));
        QStringList names;
        for (const http::Field& field : request.fields)
            names << QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size()));
        QCOMPARE(names.join(QLatin1Char(' ')),
                 QStringLiteral("Host Accept X-Odd Accept Cookie Authorization Trailer X-Empty X-Forwarded-For "
                                "X-Forwarded-Host X-Forwarded-Proto Forwarded Via"));
        QCOMPARE(request.value("Accept"), QStringLiteral("a | b"));
        QCOMPARE(request.value("X-Empty"), QString());
    }

    /// RFC 9110 section 11.7.2: credentials for this hop are none of the backend's business; those for the origin
    /// are.
    void credentialsForTheProxyStayBehind() {
        const Forwarded request(
            QStringLiteral("Host: x\r\nProxy-Authorization: Basic a\r\nAuthorization: Basic b\r\n"));
        QCOMPARE(request.value("Proxy-Authorization"), QStringLiteral("-"));
        QCOMPARE(request.value("Authorization"), QStringLiteral("Basic b"));
    }

    void framingIsWrittenAnew() {
        const Forwarded request(QStringLiteral("Host: x\r\nContent-Length: 5\r\n"), {}, "POST / HTTP/1.1");
        QCOMPARE(request.value("Content-Length"), QStringLiteral("-"));
    }

    // RFC 9110 section 7.6.3.

    void viaIsAppended_data() {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("via");
        QTest::newRow("the first") << "1.1"
                                   << ""
                                   << "1.1 reverxy";
        QTest::newRow("behind others") << "1.1"
                                       << "Via: 1.0 fred, 1.1 p.example.net\r\n"
                                       << "1.0 fred, 1.1 p.example.net | 1.1 reverxy";
        QTest::newRow("behind several lines") << "1.1"
                                              << "Via: 1.0 a\r\nVia: 1.1 b\r\n"
                                              << "1.0 a | 1.1 b | 1.1 reverxy";
        QTest::newRow("the version that was received") << "1.0"
                                                       << ""
                                                       << "1.0 reverxy";
        QTest::newRow("a later minor version is spoken as 1.1") << "1.2"
                                                                << ""
                                                                << "1.1 reverxy";
    }

    void viaIsAppended() {
        QFETCH(QString, version);
        QFETCH(QString, lines);
        QFETCH(QString, via);
        const std::string line = "GET / HTTP/" + version.toStdString();
        const Forwarded request(QLatin1String("Host: x\r\n") + lines, {}, line.c_str());
        QCOMPARE(request.value("Via"), via);
        const Returned response(QLatin1String("HTTP/") + version + QLatin1String(" 200 OK\r\n") + lines);
        QCOMPARE(response.value("Via"), via);
    }

    // Host (RFC 9112 section 3.2).

    void host_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<bool>("backends");
        QTest::addColumn<QString>("host");
        QTest::newRow("the client's") << "GET / HTTP/1.1"
                                      << "Host: Example.com:81\r\n"
                                      << false << "Example.com:81";
        QTest::newRow("the backend's") << "GET / HTTP/1.1"
                                       << "Host: x\r\n"
                                       << true << "backend:9001";
        QTest::newRow("of the absolute form (section 3.2.2)") << "GET http://target/ HTTP/1.1"
                                                              << "Host: field\r\n"
                                                              << false << "target";
        QTest::newRow("HTTP/1.0 without one: 1.1 needs one") << "GET / HTTP/1.0"
                                                             << "" << false << "backend:9001";
        QTest::newRow("HTTP/1.0 with one") << "GET / HTTP/1.0"
                                           << "Host: x\r\n"
                                           << false << "x";
        QTest::newRow("IPv6") << "GET / HTTP/1.1"
                              << "Host: [::1]:8080\r\n"
                              << false << "[::1]:8080";
    }

    void host() {
        QFETCH(QString, line);
        QFETCH(QString, lines);
        QFETCH(bool, backends);
        QFETCH(QString, host);
        ForwardFacts facts;
        facts.hostHeader = backends ? config::HostHeader::Backend : config::HostHeader::Preserve;
        const Forwarded request(lines, facts, line.toStdString().c_str());
        QCOMPARE(request.value("Host"), host);
        QVERIFY(request.fields[0].id == http::FieldId::Host); // RFC 9110 section 7.2: as the first field
    }

    /// Whatever the backend's Host is, it can tell which the client meant.
    void theClientsHostIsToldApart() {
        ForwardFacts facts;
        facts.hostHeader = config::HostHeader::Backend;
        const Forwarded request(QStringLiteral("Host: shop.example\r\n"), facts);
        QCOMPARE(request.value("X-Forwarded-Host"), QStringLiteral("shop.example"));
    }

    // Forwarding fields.

    void forwarding_data() {
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("isV6");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* what, bool trusted, bool isV6, const char* lines, const char* name,
                            const char* value) {
            QTest::newRow(what) << trusted << isV6 << QString::fromUtf8(lines) << QString::fromUtf8(name)
                                << QString::fromUtf8(value);
        };
        row("X-Forwarded-For", false, false, "", "X-Forwarded-For", "192.0.2.7");
        row("X-Forwarded-For, IPv6 plain", false, true, "", "X-Forwarded-For", "2001:db8::7");
        row("X-Forwarded-For of a stranger is replaced", false, false, "X-Forwarded-For: 1.2.3.4\r\n",
            "X-Forwarded-For", "192.0.2.7");
        row("X-Forwarded-For of a trusted peer is continued", true, false, "X-Forwarded-For: 1.2.3.4, 10.0.0.1\r\n",
            "X-Forwarded-For", "1.2.3.4, 10.0.0.1, 192.0.2.7");
        row("X-Forwarded-For in several lines", true, false,
            "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n", "X-Forwarded-For",
            "1.2.3.4, 5.6.7.8, 192.0.2.7");
        row("X-Forwarded-For, trusted but empty", true, false, "X-Forwarded-For:\r\n", "X-Forwarded-For",
            "192.0.2.7");
        row("X-Forwarded-Host", false, false, "", "X-Forwarded-Host", "x:80");
        row("X-Forwarded-Host of a stranger", false, false, "X-Forwarded-Host: evil\r\n", "X-Forwarded-Host",
            "x:80");
        row("X-Forwarded-Host of a trusted peer", true, false, "X-Forwarded-Host: front\r\n", "X-Forwarded-Host",
            "front");
        row("X-Forwarded-Host, trusted but empty", true, false, "X-Forwarded-Host:\r\n", "X-Forwarded-Host",
            "x:80");
        row("X-Forwarded-Proto", false, false, "", "X-Forwarded-Proto", "http");
        row("X-Forwarded-Proto of a stranger", false, false, "X-Forwarded-Proto: https\r\n", "X-Forwarded-Proto",
            "http");
        row("X-Forwarded-Proto of a trusted peer", true, false, "X-Forwarded-Proto: https\r\n", "X-Forwarded-Proto",
            "https");
        row("Forwarded (RFC 7239 section 4)", false, false, "", "Forwarded",
            "for=192.0.2.7;host=\"x:80\";proto=http");
        row("Forwarded, IPv6 in quotes and brackets (section 6)", false, true, "", "Forwarded",
            "for=\"[2001:db8::7]\";host=\"x:80\";proto=http");
        row("Forwarded of a stranger is replaced", false, false, "Forwarded: for=1.2.3.4\r\n", "Forwarded",
            "for=192.0.2.7;host=\"x:80\";proto=http");
        row("Forwarded of a trusted peer is continued", true, false, "Forwarded: for=1.2.3.4;proto=https\r\n",
            "Forwarded", "for=1.2.3.4;proto=https, for=192.0.2.7;host=\"x:80\";proto=http");
        row("Forwarded in several lines", true, true, "Forwarded: for=_a\r\nForwarded: for=unknown\r\n",
            "Forwarded", "for=_a, for=unknown, for=\"[2001:db8::7]\";host=\"x:80\";proto=http");
    }

    void forwarding() {
        QFETCH(bool, trusted);
        QFETCH(bool, isV6);
        QFETCH(QString, lines);
        QFETCH(QString, name);
        QFETCH(QString, value);
        const Forwarded request(QLatin1String("Host: x:80\r\n") + lines, from(isV6 ? v6 : v4, trusted));
        QCOMPARE(request.value(name.toStdString()), value);
    }

    void withoutAHostNoneIsForwarded() {
        const Forwarded request({}, {}, "GET / HTTP/1.0");
        QCOMPARE(request.value("X-Forwarded-Host"), QStringLiteral("-"));
        QCOMPARE(request.value("Forwarded"), QStringLiteral("for=192.0.2.7;proto=http"));
    }

    // Single fields.

    void expectations() {
        const Forwarded request(QStringLiteral("Host: x\r\nExpect: 100-continue\r\n"));
        QCOMPARE(request.value("Expect"), QStringLiteral("100-continue"));
        // RFC 9110 section 10.1.1: of HTTP/1.0 it is to be ignored.
        const Forwarded old(QStringLiteral("Host: x\r\nExpect: 100-continue\r\n"), {}, "GET / HTTP/1.0");
        QCOMPARE(old.value("Expect"), QStringLiteral("-"));
    }

    void maxForwardsIsReplacedWhenTold() {
        ForwardFacts facts;
        facts.maxForwards = 6;
        const QString lines = QStringLiteral("Host: x\r\nMax-Forwards: 7\r\n");
        QCOMPARE(Forwarded(lines, facts, "OPTIONS / HTTP/1.1").value("Max-Forwards"), QStringLiteral("6"));
        QCOMPARE(Forwarded(lines).value("Max-Forwards"), QStringLiteral("7"));
    }

    // Responses.

    /// RFC 9110 section 6.6.1: who forwards a response without a Date adds one.
    void aDateIsAdded_data() {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("date");
        const QString now = QStringLiteral("Sun, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("missing") << "HTTP/1.1 200 OK\r\n" << now;
        QTest::newRow("there") << "HTTP/1.1 200 OK\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n"
                               << "Mon, 07 Nov 1994 08:49:37 GMT";
        QTest::newRow("missing in an error") << "HTTP/1.1 500 Oh\r\n" << now;
        QTest::newRow("not in an interim response") << "HTTP/1.1 103 Early Hints\r\n"
                                                    << "-";
        QTest::newRow("nor when protocols are switched") << "HTTP/1.1 101 Switching Protocols\r\n"
                                                         << "-";
    }

    void aDateIsAdded() {
        QFETCH(QString, message);
        QFETCH(QString, date);
        QCOMPARE(Returned(message).value("Date"), date);
    }

    void aLengthIsToldOnlyWhereThereIsNoBody() {
        const QString message = QStringLiteral("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n");
        QCOMPARE(Returned(message, false).value("Content-Length"), QStringLiteral("-"));
        QCOMPARE(Returned(message, true, http::Method::Head).value("Content-Length"), QStringLiteral("5"));
    }

    void setCookiesStayApart() {
        const Returned response(QStringLiteral("HTTP/1.1 200 OK\r\nSet-Cookie: a=1, b\r\nSet-Cookie: c=2\r\n"));
        QCOMPARE(response.value("Set-Cookie"), QStringLiteral("a=1, b | c=2"));
    }

    void requestsFieldsMeanNothingInResponses() {
        const Returned response(
            QStringLiteral("HTTP/1.1 200 OK\r\nX-Forwarded-For: 1\r\nHost: y\r\nServer: z\r\n"));
        QCOMPARE(response.value("X-Forwarded-For"), QStringLiteral("1"));
        QCOMPARE(response.value("Host"), QStringLiteral("y"));
        QCOMPARE(response.value("Server"), QStringLiteral("z"));
    }
};

QTEST_APPLESS_MAIN(TestForward)
#include "test_forward.moc"
