// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include <QHostAddress>
#include <QHostInfo>
#include <QPointer>

#include <algorithm>

namespace reverxy::net {

namespace {
constexpr qint64 refreshMilliseconds = 30'000;
constexpr qint64 afterFailureMilliseconds = 1'000; // between look-ups that failures ask for
constexpr int checkMilliseconds = 500;

std::optional<IpAddress> fromQt(const QHostAddress& address) {
    return IpAddress::parse(address.toString().section(QLatin1Char('%'), 0, 0).toStdString());
}
} // namespace

Resolver::Resolver(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log)
    : m_shared(shared), m_switchboard(switchboard), m_log(log) {
    m_timer.setInterval(checkMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, [this] { check(); });
}

void Resolver::refreshNew() {
    std::erase_if(m_entries,
                  [](const auto& entry) { return entry.first.use_count() <= 2 && !entry.second.running; });
    bool any = false;
    for (const auto& backend : m_shared.backends()) {
        if (!backend->needsResolving())
            continue;
        any = true;
        if (!m_entries.contains(backend))
            lookUp(backend);
    }
    if (any)
        m_timer.start();
    else
        m_timer.stop();
}

void Resolver::check() {
    for (auto& [backend, entry] : m_entries) {
        if (entry.running)
            continue;
        const qint64 age = entry.asked.elapsed();
        if (age >= refreshMilliseconds || (age >= afterFailureMilliseconds && backend->refreshWanted))
            lookUp(backend);
    }
}

void Resolver::lookUp(const std::shared_ptr<proxy::BackendState>& backend) {
    Entry& entry = m_entries[backend];
    entry.running = true;
    entry.asked.start();
    backend->refreshWanted = false;
    // Not with this object as its context: Qt 6.4 forgets to free the function when the context is gone by then. It
    // is called on this thread all the same.
    QHostInfo::lookupHost(QString::fromStdString(backend->host()),
                          [self = QPointer<Resolver>(this), backend](const QHostInfo& info) {
                              if (self)
                                  self->answered(backend, info);
                          });
}

void Resolver::answered(const std::shared_ptr<proxy::BackendState>& backend, const QHostInfo& info) {
    Entry& entry = m_entries[backend];
    entry.running = false;
    std::vector<IpAddress> addresses;
    const QList<QHostAddress> found = info.addresses();
    for (const QHostAddress& address : found) {
        if (const auto converted = fromQt(address))
            addresses.push_back(*converted);
    }
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
                        "the name " + backend->host() + " does not resolve (" + info.errorString().toStdString() +
                            "); " +
                            (known ? "its last known addresses are used" : "requests for it fail until it does"));
        }
    }
    for (const proxy::Waiter& waiter : backend->resolveWaiters.takeAll())
        m_switchboard.post(waiter.worker, NameResolved{waiter.token});
}

} // namespace reverxy::net
