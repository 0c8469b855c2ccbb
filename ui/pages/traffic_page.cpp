// SPDX-License-Identifier: MIT
#include "ui/pages/traffic_page.h"

#include "ui/models/exchange_cells.h"
#include "ui/models/exchange_filter.h"
#include "ui/models/exchange_model.h"
#include "ui/models/exchange_text.h"
#include "ui/models/format.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/exchange_detail.h"
#include "ui/widgets/filter_field.h"
#include "ui/widgets/following_list.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/splitter.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

namespace reverxy::ui {

namespace {

/// From this width on, list and detail stand side by side.
constexpr int sideBySide = 1320;

QString columnsKey() {
    return QStringLiteral("traffic/columns%1").arg(ExchangeColumn::Columns);
}

QString splitKey(Qt::Orientation orientation) {
    return orientation == Qt::Horizontal ? QStringLiteral("traffic/split-beside")
                                         : QStringLiteral("traffic/split-below");
}

} // namespace

TrafficPage::TrafficPage(QWidget* parent)
    : QWidget(parent), m_model(new ExchangeModel(this)), m_filtered(new FilteredExchanges(this)),
      m_filter(new FilterField(this)), m_counts(new QLabel(this)), m_follow(new QPushButton(this)),
      m_list(new FollowingList(this)), m_empty(new EmptyState(this)), m_upper(new QStackedWidget(this)),
      m_detail(new ExchangeDetail(this)), m_split(new Splitter(Qt::Vertical, this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_filtered->setSourceModel(m_model);
    makeList();
    m_upper->addWidget(m_empty);
    m_upper->addWidget(m_list);
    m_split->addWidget(m_upper);
    m_split->addWidget(m_detail);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    m_detail->setMinimumSize(240, 120);
    m_upper->setMinimumSize(320, 120);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_split, 1);

    connect(m_model, &ExchangeModel::countsChanged, this, &TrafficPage::refreshCounts);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved}) {
        connect(m_filtered, signal, this, [this] {
            refreshCounts();
            refreshEmpty();
        });
    }
    connect(m_filtered, &QAbstractItemModel::modelReset, this, &TrafficPage::refreshEmpty);
    connect(m_filtered, &QAbstractItemModel::dataChanged, this, &TrafficPage::refreshDetail);
    connect(m_empty, &EmptyState::acted, m_filter, &QLineEdit::clear);
    refreshCounts();
    refreshEmpty();
    refreshIcons();
}

void TrafficPage::makeList() {
    m_list->setModel(m_filtered);
    m_list->setAccessibleName(QStringLiteral("Recent requests"));
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setColumns({QStringLiteral("00:00:00.000"), QStringLiteral("DELETE"), QStringLiteral("host"),
                        QStringLiteral("888"), QStringLiteral("     awaiting response"),
                        QStringLiteral("shop-quick · 2 attempts"), QStringLiteral("888.8 ms"),
                        QStringLiteral("888.8 KiB")},
                       ExchangeColumn::Target);
    connect(m_list, &QWidget::customContextMenuRequested, this, &TrafficPage::showMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrafficPage::refreshDetail);
    connect(m_list, &FollowingList::followingChanged, this, [this](bool following) {
        m_model->setHeld(!following);
        refreshCounts();
        Q_EMIT followingChanged(following);
    });
}

QWidget* TrafficPage::makeBar() {
    auto* bar = new QWidget(this);
    bar->setBackgroundRole(QPalette::Window);
    bar->setAutoFillBackground(true);
    m_filter->setPlaceholderText(QStringLiteral("Filter by path, method, status, backend … (4xx, -word)"));
    m_filter->setToolTip(
        QStringLiteral("All words have to be found in a row; 4xx means statuses from 400 to 499, and "
                       "-word hides what has the word (Ctrl+F)"));
    m_filter->setAccessibleName(QStringLiteral("Filter"));
    m_filter->leadTo(*m_list);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filtered->setFilter(ExchangeFilter(text));
        if (m_list->isFollowing())
            m_list->scrollToBottom();
        refreshCounts();
        refreshEmpty();
    });
    m_counts->setFont(captionFont(font()));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setMinimumWidth(QFontMetrics(font()).horizontalAdvance(QStringLiteral("Follow · 8,888 newer")) + 36);
    m_follow->setToolTip(
        QStringLiteral("Keep the newest request in view (End). Scrolling up or selecting a request "
                       "stops it."));
    connect(m_follow, &QPushButton::clicked, m_list, &FollowingList::setFollowing);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(10);
    row->addWidget(m_filter, 1);
    row->addWidget(m_counts);
    row->addWidget(m_follow);
    return bar;
}

void TrafficPage::show(const api::SnapshotPointer& snapshot) {
    m_model->show(snapshot);
    const QString address = snapshot->addresses.isEmpty() ? QString() : snapshot->addresses.front();
    const bool stopped = snapshot->state == api::EngineState::Stopped && snapshot->taken.isValid();
    if (address == m_address && stopped == m_stopped)
        return;
    m_address = address;
    m_stopped = stopped;
    refreshEmpty();
}

void TrafficPage::add(const api::ExchangeBatch& exchanges, quint64 skipped) {
    m_model->add(exchanges, skipped);
}

void TrafficPage::beginFilter() {
    m_filter->begin();
}

void TrafficPage::setFilter(const QString& text) {
    m_filter->setText(text);
}

bool TrafficPage::isFollowing() const {
    return m_list->isFollowing();
}

void TrafficPage::setFollowing(bool following) {
    m_list->setFollowing(following);
}

void TrafficPage::clear() {
    m_model->clear();
    m_detail->clear();
    m_list->setFollowing(true);
}

void TrafficPage::refreshCounts() {
    const auto all = static_cast<uint64_t>(m_model->rowCount());
    const auto shown = static_cast<uint64_t>(m_filtered->rowCount());
    QString text =
        m_filtered->filter().isEmpty()
            ? countedText(all, QStringLiteral("request"))
            : QStringLiteral("%1 of %2").arg(countText(shown), countedText(all, QStringLiteral("request")));
    if (m_model->leftOut() > 0)
        text += QStringLiteral(" · %1 more not listed").arg(rateText(static_cast<double>(m_model->leftOut())));
    m_counts->setText(text);
    m_counts->setToolTip(m_model->leftOut() > 0
                             ? QStringLiteral("%1 came too fast to be listed one by one. The plots and all other "
                                              "figures count them.")
                                   .arg(countedText(m_model->leftOut(), QStringLiteral("request")))
                             : QString());
    const bool following = m_list->isFollowing();
    m_follow->setChecked(following);
    const quint64 newer = m_model->cameSinceHold();
    m_follow->setText(following    ? QStringLiteral("Following")
                      : newer == 0 ? QStringLiteral("Follow")
                                   : QStringLiteral("Follow · %1 newer").arg(countText(newer)));
}

void TrafficPage::refreshEmpty() {
    if (m_filtered->rowCount() > 0) {
        m_upper->setCurrentWidget(m_list);
        return;
    }
    EmptyState::Content content;
    if (m_model->rowCount() > 0)
        content = {Sign::Search,
                   QStringLiteral("No request matches the filter"),
                   QStringLiteral("None of the listed requests has all of these words."),
                   {},
                   QStringLiteral("Clear the filter")};
    else if (m_stopped)
        content = {Sign::Traffic, QStringLiteral("No requests"), QStringLiteral("The engine is stopped."), {}, {}};
    else
        content = {Sign::Traffic,
                   QStringLiteral("No request yet"),
                   QStringLiteral("Send one through the proxy and it appears here:"),
                   m_address.isEmpty() ? QString() : QStringLiteral("curl -i ") + m_address,
                   {}};
    m_empty->setContent(content);
    m_upper->setCurrentWidget(m_empty);
}

void TrafficPage::refreshDetail() {
    const QModelIndexList selected = m_list->selectionModel()->selectedRows();
    // Without a selection the last one stays: its row may have left the list while it is being read.
    if (!selected.isEmpty())
        m_detail->setExchange(m_model->exchangeAt(m_filtered->mapToSource(selected.front()).row()));
}

void TrafficPage::refreshIcons() {
    m_follow->setIcon(iconOf(Sign::Follow, palette()));
}

void TrafficPage::showMenu(const QPoint& position) {
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    // By value: the row may leave while the menu is open.
    const api::Exchange exchange = m_model->exchangeAt(m_filtered->mapToSource(index).row());
    const auto copy = [](const QString& text) { QGuiApplication::clipboard()->setText(text); };
    QMenu menu(this);
    connect(menu.addAction(QStringLiteral("Copy address")), &QAction::triggered, this,
            [&] { copy(QStringLiteral("http://") + requestedAddress(exchange)); });
    connect(menu.addAction(QStringLiteral("Copy as curl command")), &QAction::triggered, this,
            [&] { copy(curlCommand(exchange)); });
    connect(menu.addAction(QStringLiteral("Copy what happened")), &QAction::triggered, this,
            [&] { copy(plainAccount(exchange)); });
    menu.addSeparator();
    if (!exchange.backend().isEmpty())
        connect(menu.addAction(QStringLiteral("Show only %1").arg(exchange.backend())), &QAction::triggered, this,
                [&] { setFilter(exchange.backend()); });
    connect(menu.addAction(QStringLiteral("Clear the list")), &QAction::triggered, this, &TrafficPage::clear);
    menu.exec(m_list->viewport()->mapToGlobal(position));
}

void TrafficPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refreshIcons();
}

void TrafficPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    orient(width() >= sideBySide ? Qt::Horizontal : Qt::Vertical);
}

void TrafficPage::orient(Qt::Orientation orientation) {
    if (m_oriented && orientation == m_split->orientation())
        return;
    if (m_oriented)
        m_splits[m_split->orientation()] = m_split->saveState();
    m_oriented = true;
    m_split->setOrientation(orientation);
    const bool restored = m_split->restoreState(m_splits.value(orientation));
    m_split->setOrientation(orientation);
    if (restored)
        return;
    const int room = orientation == Qt::Horizontal ? width() : height();
    m_split->setSizes({room * 66 / 100, room * 34 / 100});
}

void TrafficPage::saveTo(QSettings& settings) const {
    settings.setValue(columnsKey(), m_list->columnState());
    auto splits = m_splits;
    if (m_oriented)
        splits[m_split->orientation()] = m_split->saveState();
    for (auto split = splits.cbegin(); split != splits.cend(); ++split)
        settings.setValue(splitKey(split.key()), split.value());
}

void TrafficPage::restoreFrom(const QSettings& settings) {
    m_list->restoreColumns(settings.value(columnsKey()).toByteArray());
    for (const auto orientation : {Qt::Horizontal, Qt::Vertical})
        m_splits[orientation] = settings.value(splitKey(orientation)).toByteArray();
}

} // namespace reverxy::ui
