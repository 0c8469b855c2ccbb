// SPDX-License-Identifier: MIT
#include "base_urls.h"

#include <QTest>

using namespace reverxy;

class TestBaseUrls : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void whatToCopy_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QStringList>("urls");
        QTest::newRow("both loopback families")
            << "localhost" << 8080 << QStringList{QStringLiteral("http://localhost:8080")};
        QTest::newRow("one address") << "192.0.2.7" << 9000 << QStringList{QStringLiteral("http://192.0.2.7:9000")};
        QTest::newRow("an IPv6 address") << "::1" << 9000 << QStringList{QStringLiteral("http://[::1]:9000")};
        QTest::newRow("the port of http") << "localhost" << 80 << QStringList{QStringLiteral("http://localhost")};
        QTest::newRow("every interface")
            << "0.0.0.0" << 8080
            << QStringList{QStringLiteral("http://localhost:8080"), QStringLiteral("http://desk:8080")};
        QTest::newRow("every interface, IPv6 too")
            << "::" << 80 << QStringList{QStringLiteral("http://localhost"), QStringLiteral("http://desk")};
        QTest::newRow("nothing is listened on") << "localhost" << 0 << QStringList{};
    }

    void whatToCopy() {
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QStringList, urls);
        QCOMPARE(baseUrls(host, static_cast<quint16>(port), QStringLiteral("desk")), urls);
    }

    void aMachineWithoutANameHasOneUrl() {
        QCOMPARE(baseUrls(QStringLiteral("::"), 8080, QString()),
                 QStringList{QStringLiteral("http://localhost:8080")});
    }
};

QTEST_APPLESS_MAIN(TestBaseUrls)
#include "test_base_urls.moc"
