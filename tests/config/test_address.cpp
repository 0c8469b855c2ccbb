// SPDX-License-Identifier: MIT
#include "config/address.h"

#include <QTest>

using namespace reverxy::config;

namespace {

/// Rows of what a reader of text gives; "!" in front of `result` stands for a part of the problem's sentence.
void addRow(const char* text, const char* result) {
    QTest::newRow(text) << QByteArray(text) << QByteArray(result);
}

void addColumns() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
}

template <class Reader>
void compareRow(Reader reader) {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const Parsed<std::string> read = reader(text.toStdString());
    if (result.startsWith('!')) {
        QVERIFY(!read);
        QVERIFY2(read.problem.find(result.mid(1).toStdString()) != std::string::npos, read.problem.c_str());
        return;
    }
    QVERIFY2(read, read.problem.c_str());
    QCOMPARE(QByteArray::fromStdString(*read.value), result);
}

} // namespace

class TestAddress : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void listenHosts_data() {
        addColumns();
        addRow("localhost", "localhost");
        addRow("LocalHost", "localhost");
        addRow("127.0.0.1", "127.0.0.1");
        addRow("0.0.0.0", "0.0.0.0");
        addRow("::", "::");
        addRow("0:0:0:0:0:0:0:1", "::1");
        addRow("FE80::1", "fe80::1");
        addRow("[::1]", "!without them");
        addRow("example.com", "!write localhost");
        addRow("*", "!0.0.0.0");
        addRow("127.0.0.1:80", "!is no address");
        addRow("", "!is no address");
    }

    void listenHosts() { compareRow(parseListenHost); }

    // RFC 3986 section 3; what a backend's URL cannot hold is said one by one.
    void backendUrls_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QByteArray>("basePath");
        const auto row = [](const char* text, const char* host, int port, const char* basePath) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(host) << port << QByteArray(basePath);
        };
        row("http://localhost", "localhost", 80, "");
        row("http://localhost/", "localhost", 80, "");
        row("http://LOCALHOST:8081", "localhost", 8081, "");
        row("HTTP://orders.localhost:9001/", "orders.localhost", 9001, "");
        row("http://a_b-c.internal/base", "a_b-c.internal", 80, "/base");
        row("http://h/a/b/", "h", 80, "/a/b");
        row("http://h/a%20b", "h", 80, "/a%20b");
        row("http://127.0.0.1:1", "127.0.0.1", 1, "");
        row("http://[::1]:8081/x", "::1", 8081, "/x");
        row("http://[FE80::1]", "fe80::1", 80, "");
        row("http://h.:80", "h", 80, "");
        row("http://h:65535", "h", 65535, "");
    }

    void backendUrls() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, host);
        QFETCH(int, port);
        QFETCH(QByteArray, basePath);
        const auto read = parseBackendUrl(text.toStdString());
        QVERIFY2(read, read.problem.c_str());
        QCOMPARE(read.value->text, text.toStdString());
        QCOMPARE(QByteArray::fromStdString(read.value->host), host);
        QCOMPARE(int(read.value->port), port);
        QCOMPARE(QByteArray::fromStdString(read.value->basePath), basePath);
    }

    void refusedBackendUrls_data() {
        addColumns();
        addRow("https://localhost:8081", "!TLS towards backends is not built yet");
        addRow("HTTPS://h", "!TLS towards backends is not built yet");
        addRow("localhost:8081", "!with its scheme");
        addRow("", "!with its scheme");
        addRow("ftp://h", "!not an http URL");
        addRow("http://", "!names no host");
        addRow("http://:80", "!names no host");
        addRow("http:///path", "!names no host");
        addRow("http://user:word@h/", "!user name or password");
        addRow("http://h/?q", "!has a query");
        addRow("http://h?q", "!has a query");
        addRow("http://h/#f", "!has a fragment");
        addRow("http://h:0", "!from 1 to 65535");
        addRow("http://h:65536", "!from 1 to 65535");
        addRow("http://h:", "!no whole number");
        addRow("http://h:80a", "!no whole number");
        addRow("http://::1/", "!brackets");
        addRow("http://[::1", "!IPv6 address in brackets");
        addRow("http://[127.0.0.1]", "!IPv6 address in brackets");
        addRow("http://[::1]x", "!after the bracket");
        addRow("http://300.1.1.1", "!no valid host name");
        addRow("http://127.1", "!no valid host name");
        addRow("http://a..b", "!no valid host name");
        addRow("http://-a", "!no valid host name");
        addRow("http://a b", "!no valid host name");
        addRow("http://b\xC3\xBC"
               "cher.example",
               "!xn--");
        addRow("http://h/a b", "!percent-encoded");
        addRow("http://h/%2", "!two hexadecimal digits");
        addRow("http://h/a/../b", "!dot segment");
        addRow("http://h/a/%2e%2E/b", "!dot segment");
    }

    void refusedBackendUrls() {
        compareRow([](const std::string& text) {
            auto read = parseBackendUrl(text);
            return Parsed<std::string>{read ? std::optional(read.value->text) : std::nullopt, read.problem};
        });
    }

    // Nothing of what was in front of the @ may come to light again in a message.
    void doesNotRepeatPasswords() {
        QVERIFY(parseBackendUrl("http://user:hunter2@h/").problem.find("hunter2") == std::string::npos);
    }

    void healthUrls_data() {
        addColumns();
        addRow("", "");
        addRow("/", "/");
        addRow("/health", "/health");
        addRow("/health?deep=1", "/health?deep=1");
        addRow("http://localhost:9000/live", "http://localhost:9000/live");
        addRow("health", "!neither a path nor a URL");
        addRow("https://h/health", "!TLS towards backends");
        addRow("/a b", "!percent-encoded");
        addRow("/a?b c", "!percent-encoded");
        addRow("/a?b#c", "!percent-encoded");
        addRow("http://h/a#b", "!fragment");
    }

    void healthUrls() { compareRow(parseHealthUrl); }

    void addresses_data() {
        addColumns();
        addRow("10.0.0.0/8", "10.0.0.0/8");
        addRow("192.168.1.20", "192.168.1.20");
        addRow("fd00::/8", "fd00::/8");
        addRow("10.0.0.1/8", "!write 10.0.0.0/8");
        addRow("fd00::1/8", "!write fd00::/8");
        addRow("10.0.0.0/33", "!no address or block");
        addRow("10.0.0", "!no address or block");
        addRow("localhost", "!no address or block");
        addRow("10.0.0.0/", "!no address or block");
    }

    void addresses() {
        compareRow([](const std::string& text) {
            auto read = parseAddresses(text);
            return Parsed<std::string>{read ? std::optional(read.value->toString()) : std::nullopt, read.problem};
        });
    }

    void names() {
        QVERIFY(parseName("backend-1.eu_west", true));
        QVERIFY(!parseName("a.b", false));
        QVERIFY(parseName(std::string(64, 'a'), false));
        for (const std::string& text : {std::string(), std::string(65, 'a'), std::string("a b"),
                                        std::string("a\"b"), std::string("\xC3\xA9"), std::string("a\nb")})
            QVERIFY2(!parseName(text, true), text.c_str());
    }

    void clientKeys_data() {
        addColumns();
        addRow("client-ip", "client-ip");
        addRow("header:X-Api-Key", "header:X-Api-Key");
        addRow("header:", "!after `header:`");
        addRow("header:a b", "!no name of a header field"); // no token (RFC 9110 section 5.6.2)
        addRow("header:a:b", "!no name of a header field");
        addRow("X-Api-Key", "!header:NAME");
        addRow("Client-IP", "!write client-ip");
    }

    void clientKeys() { compareRow(parseClientKey); }

    void hostNames_data() {
        addColumns();
        addRow("reverxy", "reverxy");
        addRow("Proxy.Internal.", "proxy.internal");
        addRow("", "!no host name");
        addRow(".", "!no host name");
        addRow("*.internal", "!no host name");
        addRow("proxy:8085", "!without scheme and port");
        addRow("http://proxy", "!without scheme and port");
    }

    void hostNames() { compareRow(parseHostName); }

    void routeHosts_data() {
        addColumns();
        addRow("", "");
        addRow("Orders.LocalHost", "orders.localhost");
        addRow("orders.localhost.", "orders.localhost");
        addRow("*.localhost", "*.localhost");
        addRow("*.Example.com.", "*.example.com");
        addRow("127.0.0.1", "127.0.0.1");
        addRow("[::1]", "[::1]");
        addRow("::1", "!in brackets");
        addRow("*", "!leave the host out");
        addRow("*.", "!no host name");
        addRow("a.*.b", "!only a leading");
        addRow("*a.b", "!only a leading");
        addRow("*.*.b", "!only a leading");
        addRow("a:80", "!has a port");
        addRow("http://a", "!more than a host");
        addRow("a/b", "!more than a host");
        addRow("a..b", "!no host name");
        addRow("\xC3\xA9.example", "!xn--");
    }

    void routeHosts() { compareRow(parseRouteHost); }

    void routePaths_data() {
        addColumns();
        addRow("/", "/");
        addRow("/api", "/api");
        addRow("/api/", "/api");
        addRow("//", "/");
        addRow("/a%20b", "/a%20b");
        addRow("api", "!write `/api`");
        addRow("", "!does not begin with a slash");
        addRow("/a?b", "!query");
        addRow("/a#b", "!query");
        addRow("/a/../b", "!dot segment");
        addRow("/a b", "!percent-encoded");
        addRow("/%zz", "!hexadecimal");
    }

    void routePaths() { compareRow(parseRoutePath); }
};

QTEST_APPLESS_MAIN(TestAddress)
#include "test_address.moc"
