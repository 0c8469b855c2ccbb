// SPDX-License-Identifier: MIT
#include "app/demo/presenter.h"

#include "app/demo/introduction.h"
#include "app/demo/live_line.h"

#include <QUrl>

#include <utility>

namespace reverxy::demo {

namespace {
constexpr qint64 lineMilliseconds = 5000;
} // namespace

Presenter::Presenter(Stage stage, api::EngineControl& control, LiveLines lines, Print print)
    : m_stage(std::move(stage)), m_lines(lines), m_print(std::move(print)) {
    connect(&control, &api::EngineControl::snapshotChanged, this,
            [this](const api::SnapshotPointer& snapshot) { look(*snapshot); });
}

Presenter::~Presenter() {
    m_stage.stopTraffic();
}

void Presenter::look(const api::EngineSnapshot& snapshot) {
    const bool serves = snapshot.state == api::EngineState::Running && !snapshot.addresses.isEmpty();
    const QString address = serves ? snapshot.addresses.first() : QString();
    if (address != m_address) {
        m_address = address;
        if (serves) {
            const QUrl url(address);
            m_stage.sendTraffic(url.host(), static_cast<uint16_t>(url.port(80)));
        } else {
            m_stage.stopTraffic();
        }
    }
    if (!serves)
        return;
    if (!std::exchange(m_introduced, true)) {
        m_print(introduction(m_stage.ports, QUrl(address), QUrl(snapshot.probeAddress)));
        m_lastLine = snapshot.taken;
    }
    if (m_lines == LiveLines::Yes && isLineDue(snapshot.taken))
        m_print(liveLine(snapshot) + QLatin1Char('\n'));
}

bool Presenter::isLineDue(const QDateTime& now) {
    const qint64 passed = m_lastLine.msecsTo(now);
    if (passed >= 0 && passed < lineMilliseconds) // a clock that was set back must not silence it
        return false;
    m_lastLine = now;
    return true;
}

} // namespace reverxy::demo
