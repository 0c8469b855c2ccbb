// SPDX-License-Identifier: MIT
#include "ui/pages/cache_purger.h"

#include "ui/models/format.h"

#include <QMessageBox>
#include <QPushButton>

namespace reverxy::ui {

using Kind = api::CacheScope::Kind;

CachePurger::CachePurger(api::EngineControl& control, QWidget* window)
    : QObject(window), m_control(control), m_window(window) {
    connect(&control, &api::EngineControl::commandFinished, this, &CachePurger::answered);
}

void CachePurger::send(const api::CacheScope& scope, Way way) {
    m_sent.insert(way == Way::Hard ? m_control.send(api::PurgeCache{scope})
                                   : m_control.send(api::SoftPurgeCache{scope}));
}

void CachePurger::answered(quint64 number, const api::CommandResult& result) {
    if (m_sent.remove(number) && m_sent.isEmpty())
        Q_EMIT finished(result.message);
}

void CachePurger::purgeKeys(const std::vector<uint64_t>& keys, Way way) {
    for (const uint64_t key : keys)
        send({Kind::Key, {}, key}, way);
}

void CachePurger::purgeHost(const QString& host, Way way) {
    send({Kind::Host, host, 0}, way);
}

void CachePurger::purgeEverything(Way way) {
    send({Kind::Everything, {}, 0}, way);
}

void CachePurger::askToPurgeEverything(uint64_t entries) {
    auto* box = new QMessageBox(m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(QStringLiteral("Purge everything"));
    box->setText(entries == 1 ? QStringLiteral("Remove the 1 stored response?")
                              : QStringLiteral("Remove all %1 stored responses?").arg(countText(entries)));
    box->setInformativeText(
        QStringLiteral("Every request then goes to a backend until its response is stored again. A soft purge has "
                       "them validated instead, and they still serve while backends fail."));
    QPushButton* hard = box->addButton(QStringLiteral("Purge everything"), QMessageBox::DestructiveRole);
    QPushButton* soft = box->addButton(QStringLiteral("Soft purge"), QMessageBox::ActionRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    connect(hard, &QPushButton::clicked, this, [this] { purgeEverything(Way::Hard); });
    connect(soft, &QPushButton::clicked, this, [this] { purgeEverything(Way::Soft); });
    box->open();
}

QString hostOf(const QString& url) {
    const qsizetype start = url.indexOf(QStringLiteral("://"));
    return start < 0 ? QString() : url.mid(start + 3).section(QLatin1Char('/'), 0, 0);
}

} // namespace reverxy::ui
