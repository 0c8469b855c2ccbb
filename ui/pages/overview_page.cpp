// SPDX-License-Identifier: MIT
#include "ui/pages/overview_page.h"

#include "ui/models/backend_cells.h"
#include "ui/models/backend_model.h"
#include "ui/plots/latency_plot.h"
#include "ui/plots/rate_plot.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/list_view.h"
#include "ui/widgets/splitter.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace reverxy::ui {

namespace {

QString columnsKey() {
    return QStringLiteral("overview/columns%1").arg(BackendColumn::Columns);
}

QString splitKey() {
    return QStringLiteral("overview/split");
}

QString exampleBackend() {
    return QStringLiteral("pool:\n  backends:\n    - url: http://localhost:8081");
}

EmptyState::Content stoppedContent(const api::EngineSnapshot& snapshot) {
    if (!isKnown(snapshot))
        return {Sign::Plug, QStringLiteral("Waiting for the engine"), {}, {}, {}};
    if (!snapshot.problem.isEmpty())
        return {Sign::Plug,
                QStringLiteral("The engine could not start"),
                QStringLiteral("The message above says why. Put it right, then start again."),
                {},
                textOf(EngineSwitch::Offer::Start)};
    return {Sign::Plug,
            QStringLiteral("The engine is stopped"),
            QStringLiteral("Nothing is served. Start it to see its backends here."),
            {},
            textOf(EngineSwitch::Offer::Start)};
}

EmptyState::Content noBackendContent(const api::EngineSnapshot& snapshot) {
    const QString where =
        snapshot.configurationPath.isEmpty()
            ? QStringLiteral("There is no configuration file. Write these lines into config.yaml, "
                             "then start Reverxy with --config config.yaml.")
            : QStringLiteral("Every request is answered with 503. Add a backend to %1, "
                             "for example:")
                  .arg(snapshot.configurationPath);
    return {Sign::Plug, QStringLiteral("No backend yet"), where, exampleBackend(),
            snapshot.configurationPath.isEmpty() ? QString() : QStringLiteral("Reload the configuration")};
}

} // namespace

OverviewPage::OverviewPage(api::EngineControl& control, EngineSwitch& engine, QWidget* parent)
    : QWidget(parent), m_engine(engine), m_switches(control), m_model(new BackendModel(m_switches, this)),
      m_rate(new RatePlot(this)), m_latency(new LatencyPlot(this)), m_list(new ListView(this)),
      m_empty(new EmptyState(this)), m_lower(new QStackedWidget(this)), m_split(new Splitter(Qt::Vertical, this)) {
    makeList();
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* plots = new QWidget(this);
    auto* plotRow = new QHBoxLayout(plots);
    plotRow->setContentsMargins(10, 8, 10, 6);
    plotRow->setSpacing(18);
    plotRow->addWidget(m_rate, 1);
    plotRow->addWidget(m_latency, 1);
    m_lower->addWidget(m_empty);
    m_lower->addWidget(m_list);
    m_split->addWidget(plots);
    m_split->addWidget(m_lower);
    m_split->setStretchFactor(0, 2);
    m_split->setStretchFactor(1, 3);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_split);
    // One moment is pointed at in both plots.
    connect(m_rate, &TimePlot::pointed, m_latency, &TimePlot::pointAt);
    connect(m_latency, &TimePlot::pointed, m_rate, &TimePlot::pointAt);
    connect(m_empty, &EmptyState::acted, this, &OverviewPage::act);
}

void OverviewPage::makeList() {
    m_list->setModel(m_model);
    m_list->setAccessibleName(QStringLiteral("Pools and backends"));
    m_list->setItemDelegateForColumn(BackendColumn::Probes, new ProbesDelegate(m_list));
    m_list->setIndentation(18);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setExpandsOnDoubleClick(true);
    m_list->setColumns({QStringLiteral("            payment-service-1"),
                        QStringLiteral("     down · connection refused"), QStringLiteral("weighted-round-robin"),
                        QStringLiteral("100"), QStringLiteral("8,888"), QStringLiteral("888.8k"),
                        QStringLiteral("888.8k"), QStringLiteral("8.88 ms"), QStringLiteral("8.88 ms"), QString()},
                       BackendColumn::State);
    m_list->setYielding(BackendColumn::Address, QStringLiteral("localhost:88888"));
    m_list->header()->resizeSection(BackendColumn::Probes, ProbesDelegate::width());
    connect(m_list, &QWidget::customContextMenuRequested, this, &OverviewPage::showBackendMenu);
    connect(m_model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex& parent, int first, int last) {
                for (int row = first; !parent.isValid() && row <= last; ++row)
                    m_list->expand(m_model->index(row, 0));
            });
}

void OverviewPage::show(const api::SnapshotPointer& snapshot) {
    m_stopped = snapshot->state == api::EngineState::Stopped;
    m_switches.settle(*snapshot);
    m_model->show(snapshot);
    m_rate->show(snapshot);
    m_latency->show(snapshot);
    refreshEmpty(*snapshot);
}

void OverviewPage::refreshEmpty(const api::EngineSnapshot& snapshot) {
    const bool backends = std::any_of(snapshot.pools.begin(), snapshot.pools.end(),
                                      [](const api::PoolSnapshot& pool) { return !pool.backends.empty(); });
    if (backends && !m_stopped) {
        m_lower->setCurrentWidget(m_list);
        return;
    }
    m_empty->setContent(m_stopped ? stoppedContent(snapshot) : noBackendContent(snapshot));
    m_lower->setCurrentWidget(m_empty);
}

void OverviewPage::act() {
    if (m_stopped)
        m_engine.press();
    else
        m_engine.reload();
}

void OverviewPage::showBackendMenu(const QPoint& position) {
    const QModelIndex index = m_list->indexAt(position);
    const api::BackendSnapshot* backend = m_model->backendAt(index);
    if (!backend)
        return;
    const QModelIndex named = index.siblingAtColumn(BackendColumn::Name);
    const bool enabled = named.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    const QString url = backend->url;
    // Snapshots come while the menu is open, and rows may leave.
    const QPersistentModelIndex kept(named);
    QMenu menu(this);
    connect(menu.addAction(enabled ? QStringLiteral("Disable") : QStringLiteral("Enable")), &QAction::triggered,
            this, [this, kept, enabled] {
                if (kept.isValid())
                    m_model->setData(kept, enabled ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
            });
    connect(menu.addAction(QStringLiteral("Copy address")), &QAction::triggered, this,
            [url] { QGuiApplication::clipboard()->setText(url); });
    menu.exec(m_list->viewport()->mapToGlobal(position));
}

void OverviewPage::saveTo(QSettings& settings) const {
    settings.setValue(columnsKey(), m_list->columnState());
    settings.setValue(splitKey(), m_split->saveState());
}

void OverviewPage::restoreFrom(const QSettings& settings) {
    m_list->restoreColumns(settings.value(columnsKey()).toByteArray());
    m_split->restoreState(settings.value(splitKey()).toByteArray());
}

} // namespace reverxy::ui
