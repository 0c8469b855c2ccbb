// SPDX-License-Identifier: MIT
#include "ui/pages/clients_page.h"

#include "ui/models/client_model.h"
#include "ui/models/format.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QVBoxLayout>

namespace reverxy::ui {

namespace {

QString columnsKey() {
    return QStringLiteral("clients/columns%1").arg(ClientColumn::Columns);
}

EmptyState::Content contentOf(const api::EngineSnapshot& snapshot) {
    if (snapshot.limiters.empty())
        return {
            Sign::Clients,
            QStringLiteral("No rate limiter"),
            QStringLiteral("Every client may ask as often as it likes. To hold each to a number of requests, write "
                           "into the configuration:"),
            QStringLiteral("rate_limiter:\n  enabled: true\n  limit: 100\n  window: 1m"),
            {}};
    return {Sign::Clients,
            QStringLiteral("No client yet"),
            QStringLiteral("Whoever asks is counted, and shown here with what is left of its quota."),
            {},
            {}};
}

QString summaryOf(const api::EngineSnapshot& snapshot) {
    QStringList parts;
    for (const api::LimiterSnapshot& limiter : snapshot.limiters)
        parts << QStringLiteral("%1: %2, %3 refused")
                     .arg(limiter.name, countedText(limiter.clientsKnown, QStringLiteral("client")),
                          countText(limiter.requestsThrottled));
    return parts.join(QStringLiteral("   ·   "));
}

} // namespace

ClientsPage::ClientsPage(api::EngineControl& control, QWidget* parent)
    : QWidget(parent), m_control(control), m_model(new ClientModel(this)), m_list(new ListView(this)),
      m_empty(new EmptyState(this)), m_body(new QStackedWidget(this)), m_summary(new QLabel(this)),
      m_resetOne(new QPushButton(QStringLiteral("&Reset client"), this)),
      m_resetAll(new QPushButton(QStringLiteral("Reset &all"), this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    makeList();
    m_summary->setTextFormat(Qt::PlainText);
    m_resetOne->setToolTip(QStringLiteral("Forgets what the selected client has used (Del)"));
    m_resetAll->setToolTip(QStringLiteral("Forgets what all clients have used"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 8, 12, 8);
    bar->setSpacing(10);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_resetOne);
    bar->addWidget(m_resetAll);
    m_body->addWidget(m_empty);
    m_body->addWidget(m_list);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_body, 1);
    connect(m_resetOne, &QPushButton::clicked, this, &ClientsPage::resetSelected);
    connect(m_resetAll, &QPushButton::clicked, this, [this] { m_control.send(api::ResetAllClients{}); });
    refreshButtons();
}

void ClientsPage::makeList() {
    m_list->setModel(m_model);
    m_list->setAccessibleName(QStringLiteral("Clients of the rate limiters"));
    m_list->setRootIsDecorated(false);
    m_list->setColumns({QStringLiteral("2001:db8:ffff:ffff::/64"), QStringLiteral("orders-route"),
                        QStringLiteral("       within its quota"), QStringLiteral("8,888 of 8,888"),
                        QStringLiteral("88 min 8 s"), QStringLiteral("8,888,888"), QStringLiteral("8,888,888"),
                        QStringLiteral("88:88:88")},
                       ClientColumn::Client);
    auto* reset = new QAction(QStringLiteral("Reset client"), m_list);
    reset->setShortcut(QKeySequence::Delete);
    reset->setShortcutContext(Qt::WidgetShortcut);
    m_list->addAction(reset);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(reset, &QAction::triggered, this, &ClientsPage::resetSelected);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ClientsPage::refreshButtons);
}

void ClientsPage::show(const api::SnapshotPointer& snapshot) {
    m_model->show(*snapshot);
    m_summary->setText(summaryOf(*snapshot));
    if (m_model->rowCount() == 0)
        m_empty->setContent(contentOf(*snapshot));
    m_body->setCurrentWidget(m_model->rowCount() == 0 ? static_cast<QWidget*>(m_empty) : m_list);
    refreshButtons();
}

void ClientsPage::resetSelected() {
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid())
        return;
    const LimitedRow& row = m_model->rowAt(current.row());
    m_control.send(api::ResetClient{row.limiter, row.client.key});
}

void ClientsPage::refreshButtons() {
    m_resetAll->setEnabled(m_model->rowCount() > 0);
    m_resetOne->setEnabled(m_list->selectionModel()->hasSelection());
}

void ClientsPage::saveTo(QSettings& settings) const {
    settings.setValue(columnsKey(), m_list->columnState());
}

void ClientsPage::restoreFrom(const QSettings& settings) {
    m_list->restoreColumns(settings.value(columnsKey()).toByteArray());
}

} // namespace reverxy::ui
