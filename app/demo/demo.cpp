// SPDX-License-Identifier: MIT
#include "app/demo/demo.h"

#include "app/demo/backend_server.h"
#include "app/demo/free_port.h"
#include "app/demo/news.h"
#include "app/demo/shop.h"
#include "app/demo/traffic_client.h"

#include <QElapsedTimer>

namespace reverxy::demo {

namespace {

using std::chrono::seconds;

std::unique_ptr<Service> quickShop(uint32_t seed) {
    ShopManner manner;
    manner.name = "shop-quick";
    manner.quickest = Milliseconds(2);
    manner.slowest = Milliseconds(15);
    manner.hangsUpOneIn = 60;
    manner.health = HealthCycle(seconds(50), seconds(14));
    return std::make_unique<Shop>(std::move(manner), Draw(seed));
}

std::unique_ptr<Service> slowShop(uint32_t seed) {
    ShopManner manner;
    manner.name = "shop-slow";
    manner.quickest = Milliseconds(50);
    manner.slowest = Milliseconds(800);
    return std::make_unique<Shop>(std::move(manner), Draw(seed));
}

} // namespace

struct Demo::Side {
    explicit Side(uint32_t seed)
        : shopQuick(quickShop(seed), clock), shopSlow(slowShop(seed + 1), clock),
          news(std::make_unique<News>(), clock), traffic(seed + 2) {
        clock.start();
    }

    QElapsedTimer clock;
    BackendServer shopQuick;
    BackendServer shopSlow;
    BackendServer news;
    TrafficClient traffic;
};

Demo::Demo(uint32_t seed) : m_seed(seed) {
    m_thread.setObjectName(QStringLiteral("demo"));
    m_anchor.moveToThread(&m_thread);
    m_thread.start();
}

Demo::~Demo() {
    onThread([this] { m_side.reset(); });
    m_thread.quit();
    m_thread.wait();
}

std::optional<QString> Demo::start() {
    std::optional<QString> problem;
    onThread([&] {
        m_side = std::make_unique<Side>(m_seed);
        for (BackendServer* server : {&m_side->shopQuick, &m_side->shopSlow, &m_side->news}) {
            if (!server->listen())
                problem =
                    QStringLiteral("the demo's services found no port on 127.0.0.1: ") + server->errorString();
        }
        m_ports.shopQuick = m_side->shopQuick.port();
        m_ports.shopSlow = m_side->shopSlow.port();
        m_ports.news = m_side->news.port();
        m_ports.proxy = freePort(m_ports.proxy);
        m_ports.probe = freePort(m_ports.probe);
        while (m_ports.probe != 0 && m_ports.probe == m_ports.proxy)
            m_ports.probe = freePort(0);
    });
    return problem;
}

void Demo::sendTraffic(const QString& host, uint16_t port) {
    onThread([&] {
        if (m_side)
            m_side->traffic.start(host, port);
    });
}

void Demo::stopTraffic() {
    onThread([this] {
        if (m_side)
            m_side->traffic.stop();
    });
}

void Demo::onThread(const std::function<void()>& work) {
    QMetaObject::invokeMethod(&m_anchor, work, Qt::BlockingQueuedConnection);
}

} // namespace reverxy::demo
