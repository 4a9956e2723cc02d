-- Events of webhooks: triggers write an event, and a delivery for each subscription that asks for its kind,
-- in the transaction of the change. So none is lost, and none is sent for a transaction that rolled back.
--
-- Order of one subject: an event is written after its transaction has locked the subject's row (the order, the
-- stock of a product at a store, the product), which it keeps until it commits. The next transaction that changes
-- the subject waits for that lock before its trigger runs and takes an id. So along one subject the ids are in the
-- order of the commits, and an id that is visible is never followed by a lower one.
--
-- A shop without subscriptions must not pay for them in every sale. A query in a trigger costs a sale of three lines
-- 16 %; reading a sequence in its WHEN clause costs 1 % (docs/decisions/webhooks.md). So the last value of a sequence
-- says whether anything of its kind was ever subscribed to: null until the first subscription, which sets it before
-- it commits. A sequence belongs to no transaction, so the value may be set without a subscription, which costs a
-- little; never the other way round.
CREATE SEQUENCE webhooks_orders_watched;
CREATE SEQUENCE webhooks_stock_watched;
CREATE SEQUENCE webhooks_products_watched;

-- Without the right to read it, the last value would be null.
GRANT SELECT ON SEQUENCE webhooks_orders_watched, webhooks_stock_watched, webhooks_products_watched TO PUBLIC;

CREATE FUNCTION webhooks_on_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kinds && '{order.confirmed,order.rejected,order.cancelled}' THEN
        PERFORM setval('webhooks_orders_watched', 1);
    END IF;
    IF NEW.kinds && '{stock.low,stock.out}' THEN
        PERFORM setval('webhooks_stock_watched', 1);
    END IF;
    IF NEW.kinds && '{product.changed}' THEN
        PERFORM setval('webhooks_products_watched', 1);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER webhooks_subscription BEFORE INSERT OR UPDATE OF active, kinds ON webhooks_subscription
    FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION webhooks_on_subscription();

-- Resets what no subscription asks for any more. The lock waits for subscriptions that are being written, and
-- holds off others until the commit.
CREATE FUNCTION webhooks_reset_watched() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE webhooks_subscription IN SHARE MODE;
    PERFORM setval(watched.sequence, 1, false)
    FROM (VALUES
        ('webhooks_orders_watched'::regclass, '{order.confirmed,order.rejected,order.cancelled}'::varchar[]),
        ('webhooks_stock_watched', '{stock.low,stock.out}'),
        ('webhooks_products_watched', '{product.changed}')
    ) AS watched(sequence, some_kinds)
    WHERE NOT EXISTS (SELECT FROM webhooks_subscription WHERE active AND kinds && some_kinds);
END
$$;

-- In PL/pgSQL, which plans the statements once for a connection.
CREATE FUNCTION webhooks_write(event_kind text, event_subject text, event_data jsonb, subscribers bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event bigint;
BEGIN
    INSERT INTO webhooks_event (kind, subject, data) VALUES (event_kind, event_subject, event_data)
    RETURNING id INTO event;
    INSERT INTO webhooks_delivery (event_id, subscription_id, subject)
    SELECT event, unnest(subscribers), event_subject;
END
$$;

-- Deferred to the commit, when the order has its lines, whoever writes them.
CREATE FUNCTION webhooks_on_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event_kind CONSTANT text := 'order.' || lower(NEW.status);
    subscribers bigint[];
    lines jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = NEW.status THEN
        RETURN NULL;
    END IF;
    subscribers := ARRAY(SELECT id FROM webhooks_subscription WHERE active AND event_kind = ANY (kinds));
    IF subscribers = '{}' THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'product_id', product_id, 'sku', sku, 'quantity', quantity,
        'unit_price', unit_price::text, 'line_total', line_total::text
    ) ORDER BY id), '[]') INTO lines FROM orders_orderitem WHERE order_id = NEW.id;
    PERFORM webhooks_write(event_kind, 'order:' || NEW.id, jsonb_build_object(
        'order_id', NEW.id,
        'status', NEW.status,
        'store_id', NEW.store_id,
        'customer_id', NEW.customer_id,
        'total', NEW.total::text,
        'items', lines,
        'shortages', NEW.shortages,
        'created_at', NEW.created_at,
        'cancelled_at', NEW.cancelled_at
    ), subscribers);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER webhooks_order_placed AFTER INSERT ON orders_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (pg_sequence_last_value('webhooks_orders_watched') IS NOT NULL)
    EXECUTE FUNCTION webhooks_on_order();

-- It names no column, which would then be tied to its type.
CREATE CONSTRAINT TRIGGER webhooks_order_changed AFTER UPDATE ON orders_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (pg_sequence_last_value('webhooks_orders_watched') IS NOT NULL)
    EXECUTE FUNCTION webhooks_on_order();

-- A store's units of a product fell: an event for each threshold that they crossed, and one when none are left.
CREATE FUNCTION webhooks_on_fall(store bigint, product bigint, units_before integer, units integer)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    crossed record;
BEGIN
    FOR crossed IN
        SELECT 'stock.low' AS kind, low_stock AS threshold, array_agg(id) AS subscribers
        FROM webhooks_subscription
        WHERE active AND 'stock.low' = ANY (kinds) AND units_before > low_stock AND units <= low_stock
        GROUP BY low_stock
        UNION ALL
        SELECT 'stock.out', NULL, array_agg(id)
        FROM webhooks_subscription
        WHERE active AND 'stock.out' = ANY (kinds) AND units_before > 0 AND units <= 0
        HAVING count(*) > 0
    LOOP
        PERFORM webhooks_write(
            crossed.kind,
            'stock:' || store || ':' || product,
            jsonb_build_object(
                'store_id', store,
                'product_id', product,
                'sku', (SELECT sku FROM products_product WHERE id = product),
                'quantity', units,
                'quantity_before', units_before
            ) || CASE WHEN crossed.threshold IS NULL THEN '{}' ELSE jsonb_build_object('threshold', crossed.threshold) END,
            crossed.subscribers
        );
    END LOOP;
END
$$;

CREATE FUNCTION webhooks_on_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM webhooks_on_fall(OLD.store_id, OLD.product_id, OLD.quantity, 0);
    ELSIF OLD.store_id <> NEW.store_id OR OLD.product_id <> NEW.product_id THEN
        PERFORM webhooks_on_fall(OLD.store_id, OLD.product_id, OLD.quantity, 0);
    -- A sale comes here with every line, and mostly crosses nothing.
    ELSIF NEW.quantity <= 0 OR EXISTS (
        SELECT FROM webhooks_subscription
        WHERE active AND 'stock.low' = ANY (kinds) AND OLD.quantity > low_stock AND NEW.quantity <= low_stock
    ) THEN
        PERFORM webhooks_on_fall(NEW.store_id, NEW.product_id, OLD.quantity, NEW.quantity);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER webhooks_stock_fell AFTER UPDATE OF quantity ON stores_inventory
    FOR EACH ROW WHEN (NEW.quantity < OLD.quantity AND pg_sequence_last_value('webhooks_stock_watched') IS NOT NULL)
    EXECUTE FUNCTION webhooks_on_stock();

CREATE TRIGGER webhooks_stock_removed AFTER DELETE ON stores_inventory
    FOR EACH ROW WHEN (OLD.quantity > 0 AND pg_sequence_last_value('webhooks_stock_watched') IS NOT NULL)
    EXECUTE FUNCTION webhooks_on_stock();

CREATE TRIGGER webhooks_stock_moved AFTER UPDATE OF store_id, product_id ON stores_inventory
    FOR EACH ROW WHEN (OLD.quantity > 0 AND (OLD.store_id <> NEW.store_id OR OLD.product_id <> NEW.product_id)
                       AND pg_sequence_last_value('webhooks_stock_watched') IS NOT NULL)
    EXECUTE FUNCTION webhooks_on_stock();

-- A product was created or deleted, or what a writer decides about it has changed. What the shop records by
-- itself (popularity, times) is no change, and neither is the name of its category.
CREATE FUNCTION webhooks_on_product() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subscribers bigint[];
    product products_product%ROWTYPE;
    changed text[] := '{}';
BEGIN
    subscribers := ARRAY(SELECT id FROM webhooks_subscription WHERE active AND 'product.changed' = ANY (kinds));
    IF subscribers = '{}' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        product := OLD;
    ELSE
        product := NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        changed := array_remove(ARRAY[
            CASE WHEN OLD.sku <> NEW.sku THEN 'sku' END,
            CASE WHEN OLD.name <> NEW.name THEN 'name' END,
            CASE WHEN OLD.brand <> NEW.brand THEN 'brand' END,
            CASE WHEN OLD.category_id IS DISTINCT FROM NEW.category_id THEN 'category' END,
            CASE WHEN OLD.price <> NEW.price THEN 'price' END,
            CASE WHEN OLD.list_price IS DISTINCT FROM NEW.list_price THEN 'list_price' END,
            CASE WHEN OLD.description <> NEW.description THEN 'description' END,
            CASE WHEN OLD.attributes <> NEW.attributes THEN 'attributes' END,
            CASE WHEN OLD.gtins <> NEW.gtins THEN 'gtins' END,
            CASE WHEN OLD.images <> NEW.images THEN 'images' END,
            CASE WHEN OLD.released IS DISTINCT FROM NEW.released THEN 'released' END,
            CASE WHEN OLD.active <> NEW.active THEN 'active' END
        ], NULL);
        IF changed = '{}' AND OLD.id = NEW.id THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM webhooks_write('product.changed', 'product:' || product.id, jsonb_build_object(
        'product_id', product.id,
        'change', CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'DELETE' THEN 'deleted' ELSE 'updated' END,
        'changed', to_jsonb(changed),
        'sku', product.sku,
        'name', product.name,
        'brand', product.brand,
        'category_id', product.category_id,
        'price', product.price::text,
        'list_price', product.list_price::text,
        'active', product.active
    ), subscribers);
    RETURN NULL;
END
$$;

CREATE TRIGGER webhooks_product AFTER INSERT OR UPDATE OR DELETE ON products_product
    FOR EACH ROW WHEN (pg_sequence_last_value('webhooks_products_watched') IS NOT NULL) EXECUTE FUNCTION webhooks_on_product();
