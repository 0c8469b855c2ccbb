// SPDX-License-Identifier: MIT
#include "admin/readiness.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace reverxy;
using namespace reverxy::admin;
using config::ReadyWhen;

namespace {

health::BackendSnapshot backend(const char* name, bool available, health::State state, const char* reason = "") {
    health::BackendSnapshot snapshot;
    snapshot.name = name;
    snapshot.available = available;
    snapshot.target.emplace();
    snapshot.target->state = state;
    snapshot.target->reason = reason;
    return snapshot;
}

health::PoolSnapshot pool(const char* name, uint32_t available, uint32_t total) {
    health::PoolSnapshot snapshot;
    snapshot.name = name;
    snapshot.available = available;
    snapshot.total = total;
    return snapshot;
}

QJsonObject json(const Answer& answer) {
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(answer.body), &error);
    if (error.error != QJsonParseError::NoError)
        qWarning("no JSON: %s: %s", qPrintable(error.errorString()), answer.body.c_str());
    return document.object();
}

QStringList reasons(const Answer& answer) {
    QStringList list;
    for (const auto& reason : json(answer)[QLatin1String("reasons")].toArray())
        list.append(reason.toString());
    return list;
}

using Pools = std::vector<health::PoolSnapshot>;

} // namespace

Q_DECLARE_METATYPE(Pools)

class TestReadiness : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void ready_data() {
        QTest::addColumn<bool>("draining");
        QTest::addColumn<Pools>("pools");
        QTest::addColumn<bool>("allPools");
        QTest::addColumn<bool>("anyPool");
        QTest::newRow("one pool, all available") << false << Pools{pool("a", 2, 2)} << true << true;
        QTest::newRow("one available is enough") << false << Pools{pool("a", 1, 9)} << true << true;
        QTest::newRow("none available") << false << Pools{pool("a", 0, 9)} << false << false;
        QTest::newRow("no backend") << false << Pools{pool("a", 0, 0)} << false << false;
        QTest::newRow("one pool of two is out")
            << false << Pools{pool("a", 1, 1), pool("b", 0, 1)} << false << true;
        QTest::newRow("both are out") << false << Pools{pool("a", 0, 1), pool("b", 0, 1)} << false << false;
        QTest::newRow("draining") << true << Pools{pool("a", 1, 1)} << false << false;
        QTest::newRow("nothing runs") << false << Pools{} << false << false;
    }

    void ready() {
        QFETCH(bool, draining);
        QFETCH(Pools, pools);
        QFETCH(bool, allPools);
        QFETCH(bool, anyPool);
        for (const bool all : {true, false}) {
            const ReadinessFacts facts{draining, all ? ReadyWhen::AllPools : ReadyWhen::AnyPool, pools};
            const bool expected = all ? allPools : anyPool;
            QCOMPARE(isReady(facts), expected);
            const Answer answer = readyAnswer(facts);
            QCOMPARE(int(answer.status), expected ? 200 : 503);
            QCOMPARE(answer.contentType, std::string_view("application/json"));
            QCOMPARE(json(answer)[QLatin1String("ready")].toBool(!expected), expected);
            QCOMPARE(json(answer)[QLatin1String("ready_when")].toString(),
                     all ? QStringLiteral("all-pools") : QStringLiteral("any-pool"));
        }
    }

    void saysWhyNot() {
        const Answer answer = readyAnswer({false, ReadyWhen::AllPools, {pool("a", 1, 2), pool("b", 0, 3)}});
        QCOMPARE(reasons(answer),
                 QStringList{QStringLiteral("The pool \"b\" has 3 backends, and none of them is available.")});
    }

    void saysWhyNotWhileDraining() {
        const Answer answer = readyAnswer({true, ReadyWhen::AllPools, {pool("a", 1, 2)}});
        QCOMPARE(reasons(answer).size(), qsizetype(1));
        QVERIFY(reasons(answer).first().contains(QLatin1String("draining")));
        QCOMPARE(json(answer)[QLatin1String("state")].toString(), QStringLiteral("draining"));
    }

    void saysWhy() {
        const Answer answer = readyAnswer({false, ReadyWhen::AnyPool, {pool("a", 1, 2), pool("b", 0, 1)}});
        QCOMPARE(reasons(answer), QStringList{QStringLiteral("The pool \"a\" has 1 available backend of 2.")});
    }

    void tellsOfEveryBackend() {
        health::PoolSnapshot both = pool("a", 1, 3);
        both.backends = {backend("one", true, health::State::Up, "1 probe passed"),
                         backend("two", false, health::State::Down, "3 probes failed: \"refused\""),
                         backend("three", true, health::State::Unknown)};
        both.backends[2].target.reset(); // never probed
        const QJsonObject object = json(readyAnswer({false, ReadyWhen::AllPools, {both}}));
        const QJsonObject shown = object[QLatin1String("pools")].toArray().first().toObject();
        QCOMPARE(shown[QLatin1String("name")].toString(), QStringLiteral("a"));
        QCOMPARE(shown[QLatin1String("available")].toInt(), 1);
        QCOMPARE(shown[QLatin1String("total")].toInt(), 3);
        const QJsonArray backends = shown[QLatin1String("backends")].toArray();
        QCOMPARE(backends.size(), qsizetype(3));
        QCOMPARE(backends[0][QLatin1String("health")].toString(), QStringLiteral("up"));
        QCOMPARE(backends[1][QLatin1String("health")].toString(), QStringLiteral("down"));
        QCOMPARE(backends[1][QLatin1String("available")].toBool(true), false);
        QCOMPARE(backends[1][QLatin1String("reason")].toString(), QStringLiteral("3 probes failed: \"refused\""));
        QCOMPARE(backends[2][QLatin1String("health")].toString(), QStringLiteral("not-probed"));
        QVERIFY(!backends[2].toObject().contains(QLatin1String("reason")));
    }

    void liveAsLongAsItAnswers() {
        for (const bool draining : {false, true}) {
            const Answer answer = liveAnswer(draining);
            QCOMPARE(int(answer.status), 200);
            QCOMPARE(json(answer)[QLatin1String("live")].toBool(), true);
            QCOMPARE(json(answer)[QLatin1String("state")].toString(),
                     draining ? QStringLiteral("draining") : QStringLiteral("serving"));
        }
    }
};

QTEST_APPLESS_MAIN(TestReadiness)
#include "test_readiness.moc"
