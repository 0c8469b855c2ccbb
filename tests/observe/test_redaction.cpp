// SPDX-License-Identifier: MIT
#include "observe/redaction.h"

#include <QTest>

using namespace reverxy::observe;

class TestRedaction : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void secretFields_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("hidden");
        for (const char* name : {"Authorization", "authorization", "Proxy-Authorization", "COOKIE", "Set-Cookie",
                                 "X-Internal-Key", "x-internal-KEY"})
            QTest::newRow(name) << QByteArray(name) << true;
        for (const char* name : {"Accept", "Cookies", "Cookie2", "X-Internal-Keys", "X-Internal", "token", ""})
            QTest::newRow(name) << QByteArray(name) << false;
    }

    void secretFields() {
        QFETCH(QByteArray, name);
        QFETCH(bool, hidden);
        const std::vector<std::string> names{"X-Internal-Key"};
        QCOMPARE(Redaction(names).hidesField(name.toStdString()), hidden);
    }

    void targets_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("shown");
        const auto row = [](const char* target, const char* shown) {
            QTest::newRow(target) << QByteArray(target) << QByteArray(shown);
        };
        row("/", "/");
        row("/token=a", "/token=a");
        row("/a?b=c&d", "/a?b=c&d");
        row("/a?token=abc", "/a?token=***");
        row("/a?x=1&Access_Token=abc&y=2", "/a?x=1&Access_Token=***&y=2");
        row("/a?api_key=abc;password=d=e", "/a?api_key=***;password=***");
        row("/a?%74oken=abc", "/a?%74oken=***");
        row("/a?to%4Ben=abc", "/a?to%4Ben=***");
        row("/a?token=%26x&b=c", "/a?token=***&b=c");
        row("/a?token=", "/a?token=");
        row("/a?token", "/a?token");
        row("/a?tokens=abc&mytoken=d", "/a?tokens=abc&mytoken=d");
        row("/a?&&=x&token=abc&", "/a?&&=x&token=***&");
        row("/a?token=a?token=b", "/a?token=***");
        row("/a?x=?&token=b", "/a?x=?&token=***");
        row("http://h/a?X-Amz-Signature=abc", "http://h/a?X-Amz-Signature=***");
        row("/a?session=abc", "/a?session=***");
        row("/a?%", "/a?%");
        row("/a?%7=b", "/a?%7=b");
    }

    void targets() {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, shown);
        const std::vector<std::string> names{"Session"};
        const auto redacted = Redaction(names).redactedTarget(target.toStdString());
        QCOMPARE(redacted.has_value(), target != shown);
        if (redacted)
            QCOMPARE(QByteArray::fromStdString(*redacted), shown);
    }
};

QTEST_APPLESS_MAIN(TestRedaction)
#include "test_redaction.moc"
