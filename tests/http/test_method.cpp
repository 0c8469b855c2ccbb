// SPDX-License-Identifier: MIT
#include "http/method.h"

#include <QTest>

using namespace reverxy::http;

class TestMethod : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void properties_data() {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<int>("method");
        QTest::addColumn<bool>("safe");
        QTest::addColumn<bool>("idempotent");
        const auto row = [](const char* token, Method method, bool safe, bool idempotent) {
            QTest::newRow(token) << QByteArray(token) << static_cast<int>(method) << safe << idempotent;
        };
        // RFC 9110 sections 9.2.1 and 9.2.2
        row("GET", Method::Get, true, true);
        row("HEAD", Method::Head, true, true);
        row("POST", Method::Post, false, false);
        row("PUT", Method::Put, false, true);
        row("DELETE", Method::Delete, false, true);
        row("CONNECT", Method::Connect, false, false);
        row("OPTIONS", Method::Options, true, true);
        row("TRACE", Method::Trace, true, true);
        row("PATCH", Method::Patch, false, false);
        row("PROPFIND", Method::Other, false, false);
        // RFC 9110 section 9.1: case-sensitive
        row("get", Method::Other, false, false);
        row("Post", Method::Other, false, false);
        row("GETT", Method::Other, false, false);
        row("GE", Method::Other, false, false);
        row("", Method::Other, false, false);
    }

    void properties() {
        QFETCH(QByteArray, token);
        QFETCH(int, method);
        const Method found = methodFromToken({token.constData(), static_cast<size_t>(token.size())});
        QCOMPARE(static_cast<int>(found), method);
        QTEST(isSafe(found), "safe");
        QTEST(isIdempotent(found), "idempotent");
    }
};

QTEST_APPLESS_MAIN(TestMethod)
#include "test_method.moc"
