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

Presenter::Presenter(Demo& demo, api::EngineControl& control, LiveLines lines, Print print)
    : m_demo(demo), m_lines(lines), m_print(std::move(print)) {
    connect(&control, &api::EngineControl::snapshotChanged, this,
            [this](const api::SnapshotPointer& snapshot) { look(*snapshot); });
}

Presenter::~Presenter() {
    m_demo.stopTraffic();
}

void Presenter::look(const api::EngineSnapshot& snapshot) {
    const bool serves = snapshot.state == api::EngineState::Running && !snapshot.addresses.isEmpty();
    const QString address = serves ? snapshot.addresses.first() : QString();
    if (address != m_address) {
        m_address = address;
        if (serves) {
            const QUrl url(address);
            m_demo.sendTraffic(url.host(), static_cast<uint16_t>(url.port(80)));
        } else {
            m_demo.stopTraffic();
        }
    }
    if (!serves)
        return;
    if (!std::exchange(m_introduced, true)) {
        m_print(introduction(m_demo.ports(), QUrl(address), QUrl(snapshot.probeAddress)));
        m_sinceLine.start();
    }
    if (m_lines == LiveLines::Yes && m_sinceLine.hasExpired(lineMilliseconds)) {
        m_sinceLine.start();
        m_print(liveLine(snapshot) + QLatin1Char('\n'));
    }
}

} // namespace reverxy::demo
