// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"

namespace reverxy::test {

FakeEngineControl::FakeEngineControl(QObject* parent)
    : api::EngineControl(parent), m_snapshot(std::make_shared<api::EngineSnapshot>()) {}

void FakeEngineControl::watch() {
    m_watched = true;
    ++m_timesWatched;
}

void FakeEngineControl::unwatch() {
    m_watched = false;
}

quint64 FakeEngineControl::send(const api::Command& command) {
    m_sent.push_back({m_sent.size() + 1, command});
    return m_sent.back().number;
}

quint64 FakeEngineControl::listCache(const api::CacheListing& listing) {
    m_listings.push_back(listing);
    return m_listings.size();
}

void FakeEngineControl::list(const api::CachePage& page) {
    Q_EMIT cacheListed(m_listings.size(), std::make_shared<const api::CachePage>(page));
}

void FakeEngineControl::show(const api::EngineSnapshot& snapshot) {
    show(std::make_shared<const api::EngineSnapshot>(snapshot));
}

void FakeEngineControl::show(const api::SnapshotPointer& snapshot) {
    m_snapshot = snapshot;
    Q_EMIT snapshotChanged(m_snapshot);
}

void FakeEngineControl::finish(const std::vector<api::Exchange>& exchanges, quint64 skipped) {
    Q_EMIT exchangesFinished(std::make_shared<const std::vector<api::Exchange>>(exchanges), skipped);
}

void FakeEngineControl::answer(bool done, const QString& message) {
    answer(m_sent.back().number, done, message);
}

void FakeEngineControl::answer(quint64 number, bool done, const QString& message) {
    Q_EMIT commandFinished(number, {done, message});
}

} // namespace reverxy::test
