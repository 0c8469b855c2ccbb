// SPDX-License-Identifier: MIT
#include "proxy/problem.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <string>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

QJsonObject problem(uint16_t status, Failure failure, std::string_view details = {}) {
    const std::string body = problemBody(status, failure, details);
    return QJsonDocument::fromJson(QByteArray(body.data(), static_cast<qsizetype>(body.size()))).object();
}

QString detailOf(const QJsonObject& object) {
    return object[QStringLiteral("detail")].toString();
}

QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

} // namespace

class TestProblem : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// RFC 9457 section 3.1: status is a number, title and detail are strings; type is left out, which is
    /// about:blank.
    void holdsTheMembersOfTheStandard() {
        const QJsonObject object = problem(502, Failure::ConnectRefused, "ECONNREFUSED");
        QVERIFY(object[QStringLiteral("status")].isDouble());
        QCOMPARE(object[QStringLiteral("status")].toInt(), 502);
        QCOMPARE(object[QStringLiteral("title")].toString(), QStringLiteral("Bad Gateway"));
        QCOMPARE(object[QStringLiteral("failure")].toString(), QStringLiteral("connect-refused"));
        QCOMPARE(object.keys(), (QStringList{QStringLiteral("detail"), QStringLiteral("failure"),
                                             QStringLiteral("status"), QStringLiteral("title")}));
    }

    void theDetailIsSentenceCauseAndRemedy() {
        const FailureInfo& info = infoOf(Failure::ConnectRefused);
        QCOMPARE(detailOf(problem(502, Failure::ConnectRefused, "the system says ECONNREFUSED")),
                 text(info.sentence) + QStringLiteral(" the system says ECONNREFUSED. ") + text(info.remedy));
        QCOMPARE(detailOf(problem(502, Failure::ConnectRefused)),
                 text(info.sentence) + QStringLiteral(" ") + text(info.remedy));
        QCOMPARE(detailOf(problem(502, Failure::ConnectRefused, "It ends.")),
                 text(info.sentence) + QStringLiteral(" It ends. ") + text(info.remedy));
    }

    void anEmptyPoolSaysHowToAddABackend() {
        QVERIFY(detailOf(problem(503, Failure::NoBackend)).contains(QStringLiteral("backends: [")));
    }

    void everyFailureIsValidJson() {
        for (int i = 0; i <= static_cast<int>(Failure::UnexpectedUpgrade); ++i) {
            const auto failure = static_cast<Failure>(i);
            const uint16_t status = infoOf(failure).status;
            if (status == 0)
                continue;
            const QJsonObject object = problem(status, failure);
            QCOMPARE(object[QStringLiteral("failure")].toString(), text(infoOf(failure).name));
            QVERIFY(!object[QStringLiteral("title")].toString().isEmpty());
            QVERIFY(detailOf(object).startsWith(text(infoOf(failure).sentence)));
        }
    }

    void causesCannotBreakOut_data() {
        QTest::addColumn<QByteArray>("details");
        QTest::newRow("quotes") << QByteArray("\",\"status\":200,\"x\":\"");
        QTest::newRow("line feed") << QByteArray("a\nb");
        QTest::newRow("NUL") << QByteArray("a\0b", 3);
        QTest::newRow("not UTF-8") << QByteArray("\xff\xc0");
        QTest::newRow("script") << QByteArray("</script><script>alert(1)</script>");
    }

    void causesCannotBreakOut() {
        QFETCH(QByteArray, details);
        const QJsonObject object = problem(502, Failure::ResponseMalformed, details.toStdString());
        QCOMPARE(object[QStringLiteral("status")].toInt(), 502);
        QVERIFY(detailOf(object).contains(QString::fromUtf8(details)));
        QVERIFY(!object.contains(QStringLiteral("x")));
    }

    void longCausesAreCut() {
        const QJsonObject object = problem(502, Failure::ResponseMalformed, std::string(100000, '\xff'));
        QVERIFY(!object.isEmpty());
        QVERIFY(detailOf(object).size() < 1000);
        QVERIFY(detailOf(object).contains(QStringLiteral("... ")));
    }

    /// draft-ietf-httpapi-ratelimit-headers, section "Quota Exceeded".
    void aQuotaThatIsUsedUpIsAProblemOfItsOwnType() {
        const std::string body = problemBody(429, Failure::RateLimited, "3 are used up", "reverxy-\"orders\"");
        const QJsonObject object =
            QJsonDocument::fromJson(QByteArray(body.data(), static_cast<qsizetype>(body.size()))).object();
        QCOMPARE(object[QStringLiteral("type")].toString(),
                 QStringLiteral("https://iana.org/assignments/http-problem-types#quota-exceeded"));
        QCOMPARE(object[QStringLiteral("violated-policies")].toArray(),
                 QJsonArray{QStringLiteral("reverxy-\"orders\"")});
        QCOMPARE(object[QStringLiteral("status")].toInt(), 429);
        QVERIFY(!object[QStringLiteral("title")].toString().isEmpty());
        QVERIFY(detailOf(object).contains(QStringLiteral("3 are used up.")));
        QCOMPARE(object[QStringLiteral("failure")].toString(), QStringLiteral("rate-limited"));
    }

    void endsItsLine() { QVERIFY(problemBody(404, Failure::NoRoute, {}).ends_with("}\n")); }
};

QTEST_APPLESS_MAIN(TestProblem)
#include "test_problem.moc"
