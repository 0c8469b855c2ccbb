// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include <QHostAddress>
#include <QHostInfo>
#include <QPointer>

#include <algorithm>
#include <chrono>
#include <utility>

namespace reverxy::net {

namespace {
constexpr std::chrono::seconds refreshed{30};
constexpr std::chrono::seconds afterFailure{1}; // between look-ups that failures ask for
constexpr std::chrono::milliseconds checked{500};

std::optional<IpAddress> fromQt(const QHostAddress& address) {
    return IpAddress::parse(address.toString().section(QLatin1Char('%'), 0, 0).toStdString());
}
} // namespace

void lookUpBySystem(const std::string& host, std::function<void(LookUpAnswer)> done) {
    // Without an object as its context: Qt 6.4 forgets to free the function when the context is gone by then. It is
    // called on this thread all the same.
    QHostInfo::lookupHost(QString::fromStdString(host), [done = std::move(done)](const QHostInfo& info) {
        LookUpAnswer answer;
        const QList<QHostAddress> found = info.addresses();
        for (const QHostAddress& address : found) {
            if (const auto converted = fromQt(address))
                answer.addresses.push_back(*converted);
        }
        answer.problem = info.errorString().toStdString();
        done(std::move(answer));
    });
}

Resolver::Resolver(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log, LookUp lookUp)
    : m_shared(shared), m_switchboard(switchboard), m_log(log), m_lookUp(std::move(lookUp)) {
    m_timer.setInterval(checked);
    connect(&m_timer, &QTimer::timeout, this, [this] { check(std::chrono::steady_clock::now()); });
}

void Resolver::refreshNew(TimePoint now) {
    std::erase_if(m_entries,
                  [](const auto& entry) { return entry.first.use_count() <= 2 && !entry.second.running; });
    bool any = false;
    for (const auto& backend : m_shared.backends()) {
        if (!backend->needsResolving())
            continue;
        any = true;
        if (!m_entries.contains(backend))
            ask(backend, now);
    }
    if (any)
        m_timer.start();
    else
        m_timer.stop();
}

void Resolver::check(TimePoint now) {
    for (auto& [backend, entry] : m_entries) {
        if (entry.running)
            continue;
        const Duration age = now - entry.asked;
        if (age >= refreshed || (age >= afterFailure && backend->refreshWanted))
            ask(backend, now);
    }
}

void Resolver::ask(const std::shared_ptr<proxy::BackendState>& backend, TimePoint now) {
    Entry& entry = m_entries[backend];
    entry.running = true;
    entry.asked = now;
    backend->refreshWanted = false;
    m_lookUp(backend->host(), [self = QPointer<Resolver>(this), backend](LookUpAnswer answer) {
        if (self)
            self->answered(backend, std::move(answer));
    });
}

void Resolver::answered(const std::shared_ptr<proxy::BackendState>& backend, LookUpAnswer answer) {
    Entry& entry = m_entries[backend];
    entry.running = false;
    std::vector<IpAddress>& addresses = answer.addresses;
    if (!addresses.empty()) {
        // RFC 8305 section 4: the families take turns, IPv6 first.
        std::stable_sort(addresses.begin(), addresses.end(),
                         [](const IpAddress& a, const IpAddress& b) { return a.isV6() && !b.isV6(); });
        backend->setAddresses(std::move(addresses));
        backend->resolvingFailed = false;
        entry.failureTold = false;
    } else {
        const bool known = backend->addresses() != nullptr;
        backend->resolvingFailed = !known;
        if (!entry.failureTold) {
            entry.failureTold = true;
            m_log.write(observe::Level::Warn, "backend",
                        "the name " + backend->host() + " does not resolve (" + answer.problem + "); " +
                            (known ? "its last known addresses are used" : "requests for it fail until it does"));
        }
    }
    for (const proxy::Waiter& waiter : backend->resolveWaiters.takeAll())
        m_switchboard.post(waiter.worker, NameResolved{waiter.token});
}

} // namespace reverxy::net
