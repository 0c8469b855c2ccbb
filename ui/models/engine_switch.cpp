// SPDX-License-Identifier: MIT
#include "ui/models/engine_switch.h"

namespace reverxy::ui {

bool isKnown(const api::EngineSnapshot& snapshot) {
    return snapshot.taken.isValid();
}

EngineSwitch::EngineSwitch(api::EngineControl& control, QObject* parent) : QObject(parent), m_control(control) {
    show(control.snapshot());
    connect(&control, &api::EngineControl::commandFinished, this, &EngineSwitch::finish);
}

void EngineSwitch::show(const api::SnapshotPointer& snapshot) {
    if (!isKnown(*snapshot) || snapshot->state == m_state)
        return;
    m_state = snapshot->state;
    m_cut = m_cut && m_state == api::EngineState::Draining;
    Q_EMIT changed();
}

EngineSwitch::Offer EngineSwitch::offer() const {
    if (!m_state)
        return Offer::Unknown;
    switch (*m_state) {
    case api::EngineState::Stopped:
        return m_start ? Offer::Starting : Offer::Start;
    case api::EngineState::Running:
        return m_stop ? Offer::Stopping : Offer::Stop;
    case api::EngineState::Draining:
        return m_cut ? Offer::StoppingNow : Offer::StopNow;
    }
    return Offer::Start;
}

bool EngineSwitch::isOffered() const {
    const Offer now = offer();
    return now == Offer::Start || now == Offer::Stop || now == Offer::StopNow;
}

void EngineSwitch::press() {
    if (!isOffered())
        return;
    m_error.clear();
    if (m_state == api::EngineState::Stopped) {
        m_start = m_control.send(api::StartEngine{});
    } else {
        m_cut = m_state == api::EngineState::Draining;
        m_stop = m_control.send(api::StopEngine{m_cut});
    }
    Q_EMIT changed();
}

void EngineSwitch::reload() {
    if (!canReload())
        return;
    m_error.clear();
    m_reload = m_control.send(api::ReloadConfiguration{});
    Q_EMIT changed();
}

void EngineSwitch::dismissError() {
    m_error.clear();
    Q_EMIT changed();
}

void EngineSwitch::finish(quint64 number, const api::CommandResult& result) {
    std::optional<quint64>* const awaited[] = {&m_start, &m_stop, &m_reload};
    for (std::optional<quint64>* command : awaited) {
        if (*command != number)
            continue;
        command->reset();
        if (command == &m_stop)
            m_cut = false;
        if (!result.done)
            m_error = result.message;
        Q_EMIT changed();
        if (result.done && !result.message.isEmpty())
            Q_EMIT told(result.message);
        return;
    }
}

QString textOf(EngineSwitch::Offer offer) {
    switch (offer) {
    case EngineSwitch::Offer::Unknown:
    case EngineSwitch::Offer::Start:
        return QStringLiteral("Start");
    case EngineSwitch::Offer::Starting:
        return QStringLiteral("Starting…");
    case EngineSwitch::Offer::Stop:
        return QStringLiteral("Stop");
    case EngineSwitch::Offer::Stopping:
    case EngineSwitch::Offer::StoppingNow:
        return QStringLiteral("Stopping…");
    case EngineSwitch::Offer::StopNow:
        return QStringLiteral("Stop now");
    }
    return {};
}

} // namespace reverxy::ui
