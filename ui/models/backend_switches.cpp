// SPDX-License-Identifier: MIT
#include "ui/models/backend_switches.h"

#include <algorithm>

namespace reverxy::ui {

BackendSwitches::BackendSwitches(api::EngineControl& control, QObject* parent)
    : QObject(parent), m_control(control) {
    connect(&control, &api::EngineControl::commandFinished, this, &BackendSwitches::finish);
}

void BackendSwitches::request(const QString& pool, const QString& backend, bool enabled) {
    const quint64 number = m_control.send(api::SetBackendEnabled{pool, backend, enabled});
    m_entries[Key(pool, backend)] = {{true, enabled, {}}, enabled, number, 0};
    Q_EMIT changed(pool, backend);
}

BackendSwitches::State BackendSwitches::stateOf(const QString& pool, const QString& backend) const {
    const auto found = m_entries.constFind(Key(pool, backend));
    return found == m_entries.constEnd() ? State() : found->state;
}

void BackendSwitches::finish(quint64 number, const api::CommandResult& result) {
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [number](const Entry& entry) { return entry.number == number; });
    if (found == m_entries.end())
        return;
    found->state.pending = false;
    if (!result.done) {
        found->state.error = result.message;
        found->state.wanted.reset();
    }
    // A copy, since whoever hears of it may ask for more, which moves the entries.
    const Key key = found.key(); // NOLINT(performance-unnecessary-copy-initialization)
    Q_EMIT changed(key.first, key.second);
}

void BackendSwitches::settle(const api::EngineSnapshot& snapshot) {
    if (m_entries.isEmpty())
        return;
    QHash<Key, bool> enabled;
    for (const api::PoolSnapshot& pool : snapshot.pools) {
        for (const api::BackendSnapshot& backend : pool.backends)
            enabled.insert(Key(pool.name, backend.name), backend.enabled);
    }
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        if (entry->state.pending) {
            ++entry;
            continue;
        }
        const auto shown = enabled.constFind(entry.key());
        const bool arrived = shown == enabled.constEnd() || entry->asked == *shown;
        const bool waitedEnough = entry->state.wanted && ++entry->snapshotsSinceAnswer > 2;
        if (arrived || waitedEnough) {
            entry = m_entries.erase(entry);
        } else {
            ++entry;
        }
    }
}

} // namespace reverxy::ui
