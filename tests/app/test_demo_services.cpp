// SPDX-License-Identifier: MIT
#include "app/demo/entity_tag.h"
#include "app/demo/news.h"
#include "app/demo/shop.h"

#include <QTest>

#include <algorithm>
#include <set>
#include <vector>

using namespace reverxy;
using namespace reverxy::demo;
using namespace std::chrono_literals;

namespace {

Shop shop(ShopManner manner = {}) {
    manner.name = "shop-x";
    return Shop(std::move(manner), Draw(1));
}

Question question(std::string_view method, std::string path, std::string query = {}) {
    Question question;
    question.method = http::methodFromToken(method);
    question.path = std::move(path);
    question.query = std::move(query);
    return question;
}

std::string field(const Answer& answer, std::string_view name) {
    for (const auto& [given, value] : answer.fields) {
        if (given == name)
            return value;
    }
    return {};
}

/// The statuses of many answers to one question.
std::set<int> statuses(Service& service, const Question& asked) {
    std::set<int> found;
    for (int i = 0; i < 1000; ++i)
        found.insert(service.answer(asked, 0ms).status);
    return found;
}

} // namespace

/// What the demo's services answer.
class TestDemoServices : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void theShopAnswers_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("cacheControl");
        const auto row = [](const char* method, const char* path, int status, const char* cacheControl) {
            QTest::addRow("%s %s", method, path)
                << QByteArray(method) << QByteArray(path) << status << QByteArray(cacheControl);
        };
        row("GET", "/", 200, "max-age=10");
        row("GET", "/products", 200, "max-age=10");
        row("HEAD", "/products", 200, "max-age=10");
        row("POST", "/products", 405, "no-store");
        row("GET", "/products/1", 200, "max-age=20");
        row("GET", "/products/40", 200, "max-age=20");
        row("GET", "/products/0", 404, "no-store");
        row("GET", "/products/41", 404, "no-store");
        row("GET", "/products/4x", 404, "no-store");
        row("GET", "/products/", 404, "no-store");
        row("GET", "/products/99999999999", 404, "no-store");
        row("GET", "/stock", 200, "no-cache");
        row("GET", "/cart", 200, "private, no-store");
        row("PUT", "/cart", 204, "");
        row("DELETE", "/cart", 204, "");
        row("POST", "/cart", 405, "no-store");
        row("POST", "/orders", 201, "no-store");
        row("GET", "/orders", 405, "no-store");
        row("GET", "/export.csv", 200, "no-store");
        row("GET", "/nothing", 404, "no-store");
        row("GET", "/health", 200, "no-store");
    }

    void theShopAnswers() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(int, status);
        QFETCH(QByteArray, cacheControl);
        Shop service = shop();
        const Answer answer =
            service.answer(question(std::string_view(method.constData()), path.toStdString()), 0ms);
        QCOMPARE(int(answer.status), status);
        QCOMPARE(QByteArray::fromStdString(field(answer, "Cache-Control")), cacheControl);
        QCOMPARE(field(answer, "X-Served-By"), std::string("shop-x"));
        QVERIFY(!answer.hangsUp);
        QCOMPARE(!field(answer, "Allow").empty(), status == 405); // RFC 9110 section 15.5.6
        QCOMPARE(!field(answer, "ETag").empty(), status == 200);
    }

    void nowAndThenItFails() {
        Shop service = shop();
        QCOMPARE(statuses(service, question("GET", "/search", "q=tea")), (std::set<int>{200, 500}));
        QCOMPARE(statuses(service, question("POST", "/orders")), (std::set<int>{201, 500}));
        QCOMPARE(statuses(service, question("GET", "/products/3")), (std::set<int>{200}));
    }

    void nowAndThenItHangsUp() {
        ShopManner manner;
        manner.hangsUpOneIn = 10;
        Shop service = shop(manner);
        int hungUp = 0;
        for (int i = 0; i < 1000; ++i)
            hungUp += service.answer(question("GET", "/products/3"), 0ms).hangsUp;
        QVERIFY2(hungUp > 50 && hungUp < 200, qPrintable(QString::number(hungUp)));
        // Never on what a proxy could not ask another instance, nor on the question how it is.
        for (int i = 0; i < 1000; ++i) {
            QVERIFY(!service.answer(question("POST", "/orders"), 0ms).hangsUp);
            QVERIFY(!service.answer(question("GET", "/health"), 0ms).hangsUp);
        }
    }

    void itTakesItsTime() {
        ShopManner manner;
        manner.quickest = 50ms;
        manner.slowest = 800ms;
        Shop service = shop(manner);
        std::vector<Milliseconds> delays(1001);
        for (Milliseconds& delay : delays)
            delay = service.answer(question("GET", "/cart"), 0ms).delay;
        std::sort(delays.begin(), delays.end());
        QVERIFY(delays.front() >= 50ms && delays.front() < 60ms);
        QVERIFY(delays.back() <= 800ms && delays.back() > 700ms);
        QVERIFY(delays[500] < 350ms);
        QCOMPARE(service.answer(question("GET", "/health"), 0ms).delay, Milliseconds(0));
    }

    void instancesTagTheSameContentAlike() {
        Shop one = shop();
        Shop other(ShopManner{}, Draw(99));
        for (const char* path : {"/", "/products", "/products/7", "/stock"})
            QCOMPARE(field(one.answer(question("GET", path), 0ms), "ETag"),
                     field(other.answer(question("GET", path), 0ms), "ETag"));
    }

    // RFC 9110 sections 13.1.2 and 15.4.5.
    void whoHasItAlreadyIsToldSo() {
        Shop service = shop();
        Question asked = question("GET", "/products/7");
        asked.ifNoneMatch = "\"other\", W/" + field(service.answer(asked, 0ms), "ETag");
        const Answer answer = service.answer(asked, 0ms);
        QCOMPARE(int(answer.status), 304);
        QVERIFY(answer.body.empty());
        QCOMPARE(field(answer, "Cache-Control"), std::string("max-age=20"));
        QVERIFY(!field(answer, "ETag").empty());
        QVERIFY(field(answer, "Content-Type").empty());
    }

    void theStockChangesEveryTenSeconds() {
        Shop service = shop();
        const auto tagAt = [&](Milliseconds elapsed) {
            return field(service.answer(question("GET", "/stock"), elapsed), "ETag");
        };
        QCOMPARE(tagAt(10s), tagAt(19s));
        QVERIFY(tagAt(19s) != tagAt(20s));
    }

    void listsOfTags_data() {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<bool>("listed");
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("any") << QByteArray("*") << true;
        QTest::newRow("it") << QByteArray("\"a,b\"") << true;
        QTest::newRow("weak") << QByteArray("W/\"a,b\"") << true;
        QTest::newRow("among others") << QByteArray("\"x\" , \"a,b\",\"y\"") << true;
        QTest::newRow("others") << QByteArray("\"a\", \"b\"") << false;
    }

    void listsOfTags() {
        QFETCH(QByteArray, list);
        QFETCH(bool, listed);
        QCOMPARE(listsTag(list.toStdString(), "\"a,b\""), listed);
    }

    void theNewsAreListedAndStreamed() {
        News news;
        const Answer list = news.answer(question("GET", "/headlines"), 0ms);
        QCOMPARE(int(list.status), 200);
        QCOMPARE(field(list, "Cache-Control"), std::string("max-age=5"));
        const Answer stream = news.answer(question("GET", "/stream"), 0ms);
        QVERIFY(stream.isEventStream);
        QCOMPARE(field(stream, "Content-Type"), std::string("text/event-stream"));
        QVERIFY(field(stream, "ETag").empty());
        const std::string event = news.event(12);
        QVERIFY(event.starts_with("event: headline\nid: 12\ndata: "));
        QVERIFY(event.ends_with("\n\n"));
        QCOMPARE(int(news.answer(question("GET", "/old"), 0ms).status), 404);
        QCOMPARE(int(news.answer(question("POST", "/stream"), 0ms).status), 405);
    }

    void healthComesAndGoes_data() {
        QTest::addColumn<int>("second");
        QTest::addColumn<int>("status");
        for (const auto& [second, status] :
             {std::pair(0, 200), {35, 200}, {36, 503}, {49, 503}, {50, 200}, {86, 503}})
            QTest::addRow("second %d", second) << second << status;
    }

    void healthComesAndGoes() {
        QFETCH(int, second);
        QFETCH(int, status);
        ShopManner manner;
        manner.health = HealthCycle(50s, 14s);
        Shop service = shop(manner);
        const std::chrono::seconds elapsed(second);
        QCOMPARE(int(service.answer(question("GET", "/health"), elapsed).status), status);
        // It goes on answering: to take the hint is the proxy's part.
        QCOMPARE(int(service.answer(question("GET", "/cart"), elapsed).status), 200);
    }

    void aPersonMayDecideAboutHealth() {
        HealthCycle health(50s, 14s);
        const auto put = [&](std::string body) {
            Question asked = question("PUT", "/health");
            asked.body = std::move(body);
            return int(health.answer(asked, 0s).status);
        };
        QCOMPARE(put("down"), 200);
        QVERIFY(!health.isWell(0s));
        QCOMPARE(int(health.answer(question("GET", "/health"), 0s).status), 503);
        QCOMPARE(put("up"), 200);
        QVERIFY(health.isWell(40s));
        QCOMPARE(put("auto"), 200);
        QVERIFY(health.isWell(0s) && !health.isWell(40s));
        QCOMPARE(put("sideways"), 400);
        QCOMPARE(int(health.answer(question("DELETE", "/health"), 0s).status), 405);
    }
};

QTEST_APPLESS_MAIN(TestDemoServices)
#include "test_demo_services.moc"
